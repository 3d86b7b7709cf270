"""Who is signed in, to apps: the second version."""

from fastapi import APIRouter

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors
from doorward.api.v1.bodies import ProfileBody
from doorward.api.v1.mobile.bearer import NeedsMobileSession
from tests.functional.v2.bodies import User

router = APIRouter(prefix="/v2/mobile", tags=[RouteClass.MOBILE])


@router.get("/me")
async def show_me(session: NeedsMobileSession) -> User:
    """Show who is signed in."""
    return User.of(session.profile)


@router.patch("/me")
async def change_me(body: ProfileBody, session: NeedsMobileSession, doors: NeedsDoors) -> User:
    """Change the username, or the address once the link that is mailed to the new one was used.

    A new address needs a sign-in of the last five minutes.
    """
    if body.email is not None:
        doors.flows.recognise.require_fresh(session)
    account_id = session.profile.id
    profile = await doors.lanes.main(doors.flows.change_profile, account_id, username=body.username, email=body.email)
    return User.of(profile)
