"""A client's secrets, and its end."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.clients.write import show_registered
from doorward.api.pages.console.frame import Question, ask, show
from doorward.api.pages.console.operator import NeedsFreshOperator
from doorward.api.pages.forms import Errors, typed
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.flows import ClientFlows
from doorward.core.kernel.errors import Conflict, Invalid, NotFound, Refusal
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.people.see_client import COUNTED, ClientSeen
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/clients", tags=[RouteClass.PAGE], include_in_schema=False)

OVERLAPS: Final[Mapping[str, tuple[timedelta, str]]] = {
    "0": (timedelta(0), "Not at all: it stops now"),
    "1": (timedelta(days=1), "For a day"),
    "7": (timedelta(days=7), "For a week"),
    "30": (timedelta(days=30), "For 30 days"),
    "90": (timedelta(days=90), "For 90 days"),
}
"""How long the secret before goes on, by the number of days."""

_A_WEEK: Final = "7"
_CHANGED: Final = (
    "The client was changed since this was asked: perhaps there is a new secret already, which was shown when it was"
    " made. Another one ends the secret of before. Look at the client first."
)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done: the question before it, what does it, and where it leads, with which notice."""

    question: Callable[[ClientSeen], Question]
    act: Callable[[ClientFlows, str, AccountId], object]
    notice: str
    leads_to: str = "/console/clients/{client_id}"


def _disable(seen: ClientSeen) -> Question:
    return _question(
        seen,
        "Disable {}?",
        "Disable the client",
        "It gets no tokens any more, and nobody can sign in to it, until it is enabled again.",
        f"{_ending(seen)} Enabling it does not bring them back.",
        "What people allowed it is kept.",
    )


def _enable(seen: ClientSeen) -> Question:
    return _question(
        seen,
        "Enable {}?",
        "Enable the client",
        "People can sign in to it again, and it gets tokens.",
        "Sessions that ended do not come back.",
        is_grave=False,
    )


def _remove(seen: ClientSeen) -> Question:
    return _question(
        seen,
        "Remove {}?",
        "Remove the client",
        _ending(seen),
        f"What {_counted(seen.consents, 'person', 'people')} allowed it is forgotten.",
        "Its secrets and keys are gone. Nobody can bring it back; to stop it for a while, disable it.",
    )


ACTIONS: Final[Mapping[str, Action]] = {
    "disable": Action(
        _disable,
        lambda clients, client_id, actor_id: clients.set_enabled(client_id, enabled=False, actor_id=actor_id),
        "disabled",
    ),
    "enable": Action(
        _enable,
        lambda clients, client_id, actor_id: clients.set_enabled(client_id, enabled=True, actor_id=actor_id),
        "enabled",
    ),
    "remove": Action(
        _remove,
        lambda clients, client_id, actor_id: clients.remove(client_id, actor_id=actor_id),
        "removed",
        leads_to="/console/clients",
    ),
}
"""Every action by the end of its address."""


@router.get("/{client_id}/rotate-secret")
async def ask_rotate(client_id: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Say what a new secret does, and ask how long the one before goes on."""
    return _ask_rotate(visit, session, await _see(visit, client_id))


@router.post("/{client_id}/rotate-secret")
async def take_rotate(client_id: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Make a new secret, and show it, once."""
    seen = await _see(visit, client_id)
    overlap, _ = OVERLAPS.get(typed(visit, "overlap"), (None, ""))
    if overlap is None:
        return _ask_rotate(visit, session, seen, errors={"overlap": "Choose how long it goes on."})
    rotate, actor_id, version = visit.doors.flows.clients.rotate_secret, session.profile.id, _version(typed(visit, "seen"))
    try:
        registered = await visit.doors.lanes.main(rotate, client_id, overlap=overlap, seen=version, actor_id=actor_id)
    except Conflict:
        return _ask_rotate(visit, session, await _see(visit, client_id), kind=Conflict, errors={"form": _CHANGED})
    except Invalid as refusal:
        return _ask_rotate(visit, session, seen, errors={"form": refusal.reason})
    return show_registered(visit, session, registered, what="rotated")


@router.get("/{client_id}/{action}")
async def ask_about(client_id: str, action: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Say what an action will do."""
    row, seen = _action(action), await _see(visit, client_id)
    return ask(visit, row.question(seen), session=session, here="clients")


@router.post("/{client_id}/{action}")
async def take_action(client_id: str, action: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Do it. Who does it stands in the audit log."""
    row, doors = _action(action), visit.doors
    await doors.lanes.main(row.act, doors.flows.clients, client_id, session.profile.id)
    return go(visit, row.leads_to.format(client_id=client_id), notice=row.notice)


async def _see(visit: Visit, client_id: str) -> ClientSeen:
    return await visit.doors.lanes.main(visit.doors.flows.operators.see_client, client_id)


def _action(name: str) -> Action:
    if name not in ACTIONS:
        raise NotFound
    return ACTIONS[name]


def _ask_rotate(
    visit: Visit,
    session: Snapshot,
    seen: ClientSeen,
    *,
    kind: type[Refusal] = Invalid,
    errors: Errors | None = None,
) -> Response:
    question = _question(
        seen,
        "A new secret for {}?",
        "Make a new secret",
        "The new secret is shown once, on the next page. Have the place ready where it belongs.",
        "The secret of now goes on for as long as you say; any older one stops at once.",
        action="rotate-secret",
        fields={"seen": f"{seen.client.version}"},
        is_grave=False,
    )
    return show(
        visit,
        "clients/rotate.html",
        session=session,
        here="clients",
        status=status_of(kind) if errors else 200,
        question=question,
        overlaps=[(days, words) for days, (_, words) in OVERLAPS.items()],
        overlap=typed(visit, "overlap") or _A_WEEK,
        errors=errors or {},
    )


def _question(
    seen: ClientSeen,
    title: str,
    button: str,
    *consequences: str,
    action: str = "",
    fields: Mapping[str, str] | None = None,
    is_grave: bool = True,
) -> Question:
    path = f"/console/clients/{seen.client.id}"
    return Question(
        title=title.format(seen.client.name),
        subject=seen.client.id,
        consequences=consequences,
        button=button,
        action=f"{path}/{action or title.partition(' ')[0].lower()}",
        back=path,
        fields=fields or {},
        is_grave=is_grave,
    )


def _version(presented: str) -> int:
    """Return the version that a form was made for; one that is none is that of no client."""
    return int(presented) if re.fullmatch(r"[0-9]{1,9}", presented) else -1


def _ending(seen: ClientSeen) -> str:
    if not seen.sessions:
        return "It holds no sessions now; any that begins meanwhile ends."
    return f"{_counted(seen.sessions, 'session', 'sessions')} of it end at once."


def _counted(number: int, one: str, many: str) -> str:
    if number > COUNTED:
        return f"More than {COUNTED:,} {many}"
    return f"{number:,} {one if number == 1 else many}"
