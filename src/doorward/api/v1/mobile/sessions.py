"""Where somebody is signed in, seen and ended from an app."""

from fastapi import APIRouter

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.bodies import SignedInSession
from doorward.api.v1.mobile.bearer import NeedsMobileSession
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import SessionId, is_id
from doorward.core.sessions.records import EndReason

router = APIRouter(prefix="/v1/mobile/sessions", tags=[RouteClass.MOBILE])


@router.get("")
async def list_sessions(session: NeedsMobileSession, doors: NeedsDoors) -> list[SignedInSession]:
    """List where the account is signed in, the session seen last first, 200 at most: all can be ended together."""
    found = await doors.lanes.main(doors.flows.list_sessions, session.profile.id)
    return SignedInSession.all_of(found, session)


@router.delete("/{session_id}", status_code=204)
async def end_session(session_id: str, session: NeedsMobileSession, doors: NeedsDoors) -> None:
    """Sign out of one session."""
    if not is_id(session_id):
        raise NotFound
    is_own = session_id == session.session_id
    reason = EndReason.SIGNED_OUT if is_own else EndReason.SIGNED_OUT_ELSEWHERE
    await doors.lanes.main(doors.flows.end_session, session.profile.id, SessionId(session_id), reason=reason)


@router.delete("", status_code=204)
async def end_all_sessions(session: NeedsMobileSession, doors: NeedsDoors) -> None:
    """Sign out everywhere, here too."""
    await doors.lanes.main(doors.flows.end_all_sessions, session.profile.id, reason=EndReason.SIGNED_OUT_ELSEWHERE)
