"""The authorization endpoint.

Source: RFC 6749 section 3.1; OpenID Connect Core 1.0 section 3.1.2.1.
"""

from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.limits import network_key, spend
from doorward.api.oauth.clients import in_lane
from doorward.api.oauth.parameters import sent_with
from doorward.api.pages.consent.browser import visitor_of
from doorward.api.pages.consent.leave import lead
from doorward.api.pages.session import find_session
from doorward.api.thin import ThinRoute
from doorward.api.visit import Visit
from doorward.core.limits.records import limit

hot = APIRouter(prefix="/oauth", tags=[RouteClass.PAGE], include_in_schema=False, route_class=ThinRoute)

_LIMIT: Final = limit("authorize")


@hot.get("/authorize")
async def show_authorize(request: Request) -> Response:
    """Answer the application, or lead to where the person is needed."""
    visit = Visit.of(request.scope)
    # Unlike other reading this may write: a code, or a request that waits. So it is counted as if it were a form.
    await spend(visit, _LIMIT, network_key(visit.address))
    visitor = visitor_of(visit, await find_session(visit))
    presented = sent_with(request, visit)
    outcome = await in_lane(visit, presented, partial(visit.doors.flows.requests.authorize, presented, visitor.visitor))
    return lead(visit, outcome, visitor)


@hot.post("/authorize")
async def take_authorize(request: Request) -> Response:
    """Begin the same with a form of another site: it is kept, and the browser comes back with its cookies."""
    visit = Visit.of(request.scope)
    presented = sent_with(request, visit)
    outcome = await in_lane(visit, presented, partial(visit.doors.flows.requests.authorize.begin, presented))
    return lead(visit, outcome)
