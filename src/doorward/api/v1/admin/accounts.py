"""Accounts, for operators.

What lets somebody in needs a sign-in of the last five minutes. What keeps out does not, unless it is another operator.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.admin.account_bodies import (
    AccountAnswer,
    AccountsAnswer,
    EndedAnswer,
    RolesAnswer,
    SeenAnswer,
    SessionOfAnswer,
    SessionsOfAnswer,
)
from doorward.api.v1.admin.operator import AccountId, NeedsFreshOperator, NeedsOperator, NeedsOperatorOver
from doorward.core.kernel.pages import MAX_PAGE_SIZE

router = APIRouter(prefix="/v1/admin/accounts", tags=[RouteClass.OPERATOR])

After = Annotated[str | None, Query(max_length=2048, pattern=r"^[\x21-\x7e]+$")]
Size = Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)]
Search = Annotated[str | None, Query(min_length=1, max_length=512)]
SessionId = Annotated[str, Path(pattern=r"^[0-9a-z]{26}$", description="The session's id.")]
Role = Annotated[str, Path(max_length=64, pattern=r"^[a-z][a-z0-9_.:-]*$")]


@router.get("")
async def list_accounts(
    _: NeedsOperator, doors: NeedsDoors, search: Search = None, after: After = None, size: Size = 50
) -> AccountsAnswer:
    """List accounts in the order of their ids, which is that of their age, from the one after `after` on.

    With `search`: those whose username begins with it, then those whose address does, or the one with that id.
    """
    if search is None:
        page = await doors.lanes.main(doors.flows.list_accounts, after=after, size=size)
        return AccountsAnswer(accounts=[AccountAnswer.of(each) for each in page.items], next_after=page.next_after)
    found = await doors.lanes.main(doors.flows.operators.find_accounts, search, after=after, size=size)
    return AccountsAnswer(accounts=[AccountAnswer.of(each) for each in found.accounts], next_after=found.next_after)


@router.get("/{account_id}")
async def show_account(account_id: AccountId, _: NeedsOperator, doors: NeedsDoors) -> SeenAnswer:
    """Show an account: how it stands, what it may do, how its owner signs in."""
    return SeenAnswer.of_seen(await doors.lanes.main(doors.flows.operators.see_account, account_id))


@router.post("/{account_id}/disable")
async def disable_account(account_id: AccountId, session: NeedsOperatorOver, doors: NeedsDoors) -> AccountAnswer:
    """Disable an account: its sessions and links end, and nobody can sign in to it."""
    set_enabled, actor_id = doors.flows.set_enabled, session.profile.id
    return AccountAnswer.of(await doors.lanes.main(set_enabled, account_id, enabled=False, actor_id=actor_id))


@router.post("/{account_id}/enable")
async def enable_account(account_id: AccountId, session: NeedsFreshOperator, doors: NeedsDoors) -> AccountAnswer:
    """Enable an account again; one that waits to be deleted stays. The sessions that ended do not come back."""
    set_enabled, actor_id = doors.flows.set_enabled, session.profile.id
    return AccountAnswer.of(await doors.lanes.main(set_enabled, account_id, enabled=True, actor_id=actor_id))


@router.post("/{account_id}/unlock", status_code=204)
async def unlock_account(account_id: AccountId, session: NeedsFreshOperator, doors: NeedsDoors) -> None:
    """Let everybody try the password of an account again."""
    await doors.lanes.main(doors.flows.unlock_account, account_id, actor_id=session.profile.id)


@router.put("/{account_id}/roles/{role}")
async def grant_role(account_id: AccountId, role: Role, session: NeedsFreshOperator, doors: NeedsDoors) -> RolesAnswer:
    """Grant a role. `operator` counts from the next sign-in on."""
    set_role, actor_id = doors.flows.set_role, session.profile.id
    after = await doors.lanes.main(set_role, account_id, role, granted=True, actor_id=actor_id)
    return RolesAnswer(roles=list(after.roles))


@router.delete("/{account_id}/roles/{role}")
async def revoke_role(account_id: AccountId, role: Role, session: NeedsOperatorOver, doors: NeedsDoors) -> RolesAnswer:
    """Take a role away, at once. The last operator keeps that role."""
    set_role, actor_id = doors.flows.set_role, session.profile.id
    after = await doors.lanes.main(set_role, account_id, role, granted=False, actor_id=actor_id)
    return RolesAnswer(roles=list(after.roles))


@router.get("/{account_id}/sessions")
async def list_sessions_of(account_id: AccountId, _: NeedsOperator, doors: NeedsDoors) -> SessionsOfAnswer:
    """List where somebody is signed in, the session seen last first, 200 at most: all can be ended together."""
    seen = await doors.lanes.main(doors.flows.operators.see_account, account_id)
    return SessionsOfAnswer(sessions=[SessionOfAnswer.of(each) for each in seen.sessions])


@router.delete("/{account_id}/sessions")
async def end_sessions_of(account_id: AccountId, session: NeedsOperatorOver, doors: NeedsDoors) -> EndedAnswer:
    """End every session of an account, those of applications among them."""
    end, actor_id = doors.flows.operators.end_sessions, session.profile.id
    return EndedAnswer(ended=await doors.lanes.main(end, account_id, actor_id=actor_id))


@router.delete("/{account_id}/sessions/{session_id}", status_code=204)
async def end_session_of(
    account_id: AccountId, session_id: SessionId, session: NeedsOperatorOver, doors: NeedsDoors
) -> None:
    """End one session of an account."""
    end, actor_id = doors.flows.operators.end_session, session.profile.id
    await doors.lanes.main(end, account_id, session_id, actor_id=actor_id)
