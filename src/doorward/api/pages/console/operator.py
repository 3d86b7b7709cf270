"""Who may open the console: the pages' own session of an account that operates, as the store has it now."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from doorward.api.needs import NeedsVisit
from doorward.api.pages import place
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import Snapshot


async def require_operator(request: Request, visit: NeedsVisit) -> Snapshot:
    """Return the session of an operator, read anew: a role or a session that was taken away counts at once.

    Raises: NotSignedIn, AccessDenied, Unavailable.
    """
    place.stand(visit, request)
    return await _admit(visit)


async def require_fresh_operator(request: Request, visit: NeedsVisit) -> Snapshot:
    """Return the session if, besides, its sign-in is recent enough to act.

    Raises: NotSignedIn, AccessDenied, NotFresh, Unavailable.
    """
    snapshot = await require_operator(request, visit)
    visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


NeedsOperator = Annotated[Snapshot, Depends(require_operator)]
NeedsFreshOperator = Annotated[Snapshot, Depends(require_fresh_operator)]


async def _admit(visit: Visit) -> Snapshot:
    presented = held(visit.jar, cookies_of(visit.doors.issuer).sso)
    if presented is None:
        raise NotSignedIn
    return await visit.doors.lanes.main(visit.doors.flows.operators.admit, presented)
