"""What a route for operators may ask for: the session of one, behind a bearer token."""

from typing import Annotated

from fastapi import Depends, Path

from doorward.api.needs import NeedsVisit
from doorward.api.v1.mobile.bearer import session_of
from doorward.core.access.decide import require_scope
from doorward.core.access.records import OPERATOR, Scope
from doorward.core.sessions.records import Snapshot

AccountId = Annotated[str, Path(pattern=r"^[0-9a-z]{26}$", description="The account's id.")]


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


async def require_operator_over(account_id: AccountId, visit: NeedsVisit) -> Snapshot:
    """Return the session if it may keep an account out; one that operates too, only after a recent sign-in.

    So whoever holds a stolen token does not shut out, one after another, those who could stop them.
    Raises: NotSignedIn, TokenRefused, AccessDenied, NotFound, NotFresh.
    """
    snapshot = await require_operator(visit)
    target = await visit.doors.lanes.main(visit.doors.flows.show_account, account_id)
    if OPERATOR in target.roles:
        visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


NeedsOperator = Annotated[Snapshot, Depends(require_operator)]
NeedsFreshOperator = Annotated[Snapshot, Depends(require_fresh_operator)]
NeedsOperatorOver = Annotated[Snapshot, Depends(require_operator_over)]
