"""The authorization endpoint.

Source: RFC 6749 section 3.1; OpenID Connect Core 1.0 section 3.1.2.1.
"""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.limits import network_key, spend
from doorward.api.needs import NeedsVisit
from doorward.api.oauth.parameters import sent_with
from doorward.api.pages.consent.browser import visitor_of
from doorward.api.pages.consent.leave import lead
from doorward.api.pages.session import MaybeSession
from doorward.core.limits.records import limit

router = APIRouter(prefix="/oauth", tags=[RouteClass.PAGE], include_in_schema=False)

_LIMIT: Final = limit("authorize")


@router.get("/authorize")
async def show_authorize(request: Request, visit: NeedsVisit, session: MaybeSession) -> Response:
    """Answer the application, or lead to where the person is needed."""
    # Unlike other reading this may write: a code, or a request that waits. So it is counted as if it were a form.
    await spend(visit, _LIMIT, network_key(visit.address))
    visitor = visitor_of(visit, session)
    presented = sent_with(request, visit)
    outcome = await visit.doors.lanes.main(visit.doors.flows.requests.authorize, presented, visitor.visitor)
    return lead(visit, outcome, visitor)


@router.post("/authorize")
async def take_authorize(request: Request, visit: NeedsVisit) -> Response:
    """Begin the same with a form of another site: it is kept, and the browser comes back with its cookies."""
    presented = sent_with(request, visit)
    outcome = await visit.doors.lanes.main(visit.doors.flows.requests.authorize.begin, presented)
    return lead(visit, outcome)
