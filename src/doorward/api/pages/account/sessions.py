"""Where somebody is signed in, and ending it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.forms import Errors, known, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import NeedsSession, forget_session
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import SessionId, is_id
from doorward.core.sessions.list_sessions import LISTED
from doorward.core.sessions.records import EndReason, Session, Snapshot

router = APIRouter(prefix="/account/sessions", tags=[RouteClass.PAGE], include_in_schema=False)


_PLACE_CHARACTERS: Final = 6
"""Enough of a network's mark to tell a few networks apart."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the page lists it."""

    id: str
    kind: str
    device_name: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool

    @classmethod
    def of(cls, session: Session, current: Snapshot) -> "SessionRow":
        """Return the row of a session."""
        return cls(
            id=session.id,
            kind=session.kind,
            device_name=session.device_name,
            place=session.place[:_PLACE_CHARACTERS],
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            is_current=session.id == current.session_id,
        )


@router.get("")
async def show_sessions(visit: NeedsVisit, session: NeedsSession, notice: str | None = None) -> Response:
    """List the sessions, this one first."""
    return await _show(visit, session, notice=known(notice, ("session_ended",)))


@router.post("/end")
async def take_end(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Sign out of one session."""
    presented = typed(visit, "session_id")
    is_own = presented == session.session_id
    reason = EndReason.SIGNED_OUT if is_own else EndReason.SIGNED_OUT_ELSEWHERE
    try:
        wanted = _session_id(presented)
        await doors.lanes.main(doors.flows.end_session, session.profile.id, wanted, reason=reason)
    except NotFound:
        errors = {"form": "This device is signed out already."}
        return await _show(visit, session, status=status_of(NotFound), errors=errors)
    if not is_own:
        return go(visit, "/account/sessions", notice="session_ended")
    answer = go(visit, "/sign-in", notice="signed_out")
    forget_session(visit, answer)
    return answer


@router.post("/end-all")
async def take_end_all(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Sign out everywhere, here too."""
    reason = EndReason.SIGNED_OUT_ELSEWHERE
    await doors.lanes.main(doors.flows.end_all_sessions, session.profile.id, reason=reason)
    answer = go(visit, "/sign-in", notice="signed_out_everywhere")
    forget_session(visit, answer)
    return answer


def _session_id(presented: str) -> SessionId:
    if not is_id(presented):
        raise NotFound
    return SessionId(presented)


async def _show(
    visit: Visit, session: Snapshot, *, status: int = 200, notice: str | None = None, errors: Errors | None = None
) -> Response:
    found = await visit.doors.lanes.main(visit.doors.flows.list_sessions, session.profile.id)
    rows = sorted((SessionRow.of(each, session) for each in found), key=lambda row: not row.is_current)
    return page(
        visit,
        "account/sessions.html",
        session=session,
        status=status,
        sessions=rows,
        listed=LISTED,
        notice=notice,
        errors=errors or {},
    )
