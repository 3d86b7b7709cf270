"""What operators do to an account: each row is one action, and every one is asked about before it happens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.accounts import questions
from doorward.api.pages.console.accounts.questions import Asked
from doorward.api.pages.console.accounts.see import see, show_seen
from doorward.api.pages.console.frame import Question, Target, ask
from doorward.api.pages.console.operator import NeedsFreshOperator
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.core.access.records import OPERATOR
from doorward.core.flows import Flows
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.last_operator import LastOperator
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/accounts", tags=[RouteClass.PAGE], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done: the question before it, what does it, and the notice after."""

    question: Callable[[Asked], Question]
    act: Callable[[Flows, str, str, AccountId], object]
    notice: str


ACTIONS: Final[Mapping[str, Action]] = {
    "disable": Action(
        questions.disable,
        lambda flows, account_id, _, actor_id: flows.set_enabled(account_id, enabled=False, actor_id=actor_id),
        "disabled",
    ),
    "enable": Action(
        questions.enable,
        lambda flows, account_id, _, actor_id: flows.set_enabled(account_id, enabled=True, actor_id=actor_id),
        "enabled",
    ),
    "unlock": Action(
        questions.unlock,
        lambda flows, account_id, _, actor_id: flows.unlock_account(account_id, actor_id=actor_id),
        "unlocked",
    ),
    "end-session": Action(
        questions.end_session,
        lambda flows, account_id, target, actor_id: flows.operators.end_session(account_id, target, actor_id=actor_id),
        "session_ended",
    ),
    "end-sessions": Action(
        questions.end_sessions,
        lambda flows, account_id, _, actor_id: flows.operators.end_sessions(account_id, actor_id=actor_id),
        "sessions_ended",
    ),
    "grant": Action(
        questions.grant,
        lambda flows, account_id, role, actor_id: flows.set_role(account_id, role, granted=True, actor_id=actor_id),
        "role_granted",
    ),
    "revoke": Action(
        questions.revoke,
        lambda flows, account_id, role, actor_id: flows.set_role(account_id, role, granted=False, actor_id=actor_id),
        "role_revoked",
    ),
    "revoke-application": Action(
        questions.revoke_application,
        lambda flows, account_id, client_id, actor_id: flows.operators.revoke_consent(
            account_id, client_id, actor_id=actor_id
        ),
        "application_revoked",
    ),
}
"""Every action by the end of its address. What it is done to besides the account stands in the query, as `target`."""


@router.get("/{account_id}/{action}")
async def ask_about(
    account_id: str, action: str, visit: NeedsVisit, session: NeedsFreshOperator, target: Target = ""
) -> Response:
    """Say what an action will do."""
    asked = Asked(await see(visit, account_id), session, target, _path(account_id, action, target))
    try:
        question = _action(action).question(asked)
    except Invalid as refusal:
        errors, status = {"target": refusal.reason}, status_of(Invalid)
        return show_seen(visit, session, asked.seen, status=status, errors=errors, typed_role=target)
    return ask(visit, question, session=session, here="accounts")


@router.post("/{account_id}/{action}")
async def take_action(
    account_id: str, action: str, visit: NeedsVisit, session: NeedsFreshOperator, target: Target = ""
) -> Response:
    """Do it. Who does it stands in the audit log."""
    row, asked = (
        _action(action),
        Asked(await see(visit, account_id), session, target, _path(account_id, action, target)),
    )
    question = row.question(asked)
    try:
        await visit.doors.lanes.main(row.act, visit.doors.flows, account_id, target, session.profile.id)
    except LastOperator as refusal:
        errors, status = {"form": refusal.detail}, status_of(LastOperator)
        return ask(visit, question, session=session, here="accounts", errors=errors, status=status)
    if _leaves(session, account_id, action, target):
        return go(visit, "/account")
    return go(visit, f"/console/accounts/{account_id}", notice=row.notice)


def _action(name: str) -> Action:
    if name not in ACTIONS:
        raise NotFound
    return ACTIONS[name]


def _path(account_id: str, action: str, target: str) -> str:
    path = f"/console/accounts/{account_id}/{action}"
    return f"{path}?{urlencode({'target': target})}" if target else path


def _leaves(session: Snapshot, account_id: str, action: str, target: str) -> bool:
    """Tell whether somebody has just closed the console to themselves."""
    return account_id == session.profile.id and action == "revoke" and target == OPERATOR
