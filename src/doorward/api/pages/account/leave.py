"""Taking one's data along, and leaving."""

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.account.profile import show_profile
from doorward.api.pages.forms import typed
from doorward.api.pages.render import go
from doorward.api.pages.session import NeedsFreshSession, forget_session
from doorward.api.problems import status_of
from doorward.api.v1.export import stream_export
from doorward.core.kernel.errors import Invalid

router = APIRouter(prefix="/account", tags=[RouteClass.PAGE], include_in_schema=False)


@router.post("/export", response_class=StreamingResponse)
async def take_export(visit: NeedsVisit, session: NeedsFreshSession) -> StreamingResponse:
    """Answer everything that is kept about the account, as a file."""
    return await stream_export(visit, session)


@router.post("/delete")
async def take_delete(visit: NeedsVisit, session: NeedsFreshSession, doors: NeedsDoors) -> Response:
    """Close the account. It is deleted when the grace is over."""
    if typed(visit, "understood") != "yes":
        errors = {"understood": "Tick the box to say that you understand."}
        return await show_profile(visit, session, status=status_of(Invalid), errors=errors)
    await doors.lanes.main(doors.flows.close_account, session.profile.id, session_id=session.session_id)
    answer = go(visit, "/sign-in", notice="account_closing")
    forget_session(visit, answer)
    return answer
