"""What the owner of an account sees and changes from an app."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.thin import ThinRoute, json_answer
from doorward.api.v1.bodies import Closing, PasswordBody, ProfileBody, User, user_json
from doorward.api.v1.export import stream_export
from doorward.api.v1.mobile.bearer import NeedsFreshMobileSession, NeedsMobileSession, session_of
from doorward.api.visit import Visit

router = APIRouter(prefix="/v1/mobile", tags=[RouteClass.MOBILE])
hot = APIRouter(prefix="/v1/mobile", tags=[RouteClass.MOBILE], route_class=ThinRoute)


@hot.get("/me", response_model=User)
async def show_me(request: Request) -> Response:
    """Show who is signed in."""
    snapshot = await session_of(Visit.of(request.scope))
    return json_answer(user_json(snapshot.profile))


@router.patch("/me")
async def change_me(body: ProfileBody, session: NeedsMobileSession, doors: NeedsDoors) -> User:
    """Change the username, or the address once the link that is mailed to the new one was used.

    A new address needs a sign-in of the last five minutes.
    """
    if body.email is not None:
        doors.flows.recognise.require_fresh(session)
    profile = await doors.lanes.main(
        doors.flows.change_profile,
        session.profile.id,
        username=body.username,
        email=body.email,
        session_id=session.session_id,
    )
    return User.of(profile)


@router.put("/password", status_code=204)
async def change_password(body: PasswordBody, session: NeedsMobileSession, doors: NeedsDoors) -> None:
    """Change the password. The other sessions end."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await doors.lanes.hash_first(doors.flows.change_password, session, current, new_password=new)


@router.delete("/me", status_code=202)
async def close_account(session: NeedsFreshMobileSession, doors: NeedsDoors) -> Closing:
    """Delete the account after a time of grace, in which signing in keeps it. Needs a sign-in of the last five minutes.

    Every session ends at once.
    """
    delete_after = await doors.lanes.main(doors.flows.close_account, session.profile.id, session_id=session.session_id)
    return Closing(message=Closing.SENTENCE, delete_after=delete_after)


@router.get("/me/export", response_class=StreamingResponse)
async def export_me(session: NeedsFreshMobileSession, visit: NeedsVisit) -> StreamingResponse:
    """Get everything that is kept about the account, as one JSON document. Needs a sign-in of the last five minutes."""
    return await stream_export(visit, session)
