"""What a route for operators may ask for: the session of one, behind a bearer token."""

from typing import Annotated

from fastapi import Depends

from doorward.api.needs import NeedsVisit
from doorward.api.v1.mobile.bearer import session_of
from doorward.core.access.decide import require_scope
from doorward.core.access.records import Scope
from doorward.core.sessions.records import Snapshot


async def require_operator(visit: NeedsVisit) -> Snapshot:
    """Return the session behind the bearer token if it is good for operating.

    Raises: NotSignedIn, TokenRefused, AccessDenied.
    """
    snapshot = await session_of(visit)
    require_scope(Scope.OPERATE, granted=snapshot.scope)
    return snapshot


async def require_fresh_operator(visit: NeedsVisit) -> Snapshot:
    """Return the session if, besides, its sign-in is recent enough for a sensitive change.

    Raises: NotSignedIn, TokenRefused, AccessDenied, NotFresh.
    """
    snapshot = await require_operator(visit)
    visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


NeedsOperator = Annotated[Snapshot, Depends(require_operator)]
NeedsFreshOperator = Annotated[Snapshot, Depends(require_fresh_operator)]
