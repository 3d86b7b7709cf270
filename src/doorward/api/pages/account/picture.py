"""The picture of one's own account: sent with a plain form, and removed."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.files.form import FORM_BYTES, read_file_form
from doorward.api.files.taking import keeping, whole_body
from doorward.api.limits import spend
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.account.profile import show_profile
from doorward.api.pages.render import go
from doorward.api.pages.session import NeedsSession
from doorward.api.problems import status_of
from doorward.api.v1.kept import set_avatar
from doorward.api.v1.web import csrf
from doorward.api.visit import Visit
from doorward.core.files.errors import PictureRefused, StorageFull, TooLarge
from doorward.core.files.records import AVATAR_MAX_BYTES
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.limits.records import limit

router = APIRouter(prefix="/account/picture", tags=[RouteClass.PAGE], include_in_schema=False)


@router.post("")
async def take_picture(request: Request, visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Set the picture to the one in the form."""
    keeping(doors)
    try:
        await spend(visit, limit("avatar"), session.profile.id)
        most = AVATAR_MAX_BYTES + FORM_BYTES
        async with whole_body(visit, session, request.receive, most=most) as body:
            await set_avatar(doors, session, _picture_in(visit, body))
    except (PictureRefused, TooLarge, StorageFull, Conflict) as refusal:
        errors = {"picture": refusal.detail}
        return await show_profile(visit, session, status=status_of(type(refusal)), errors=errors)
    return go(visit, "/account", notice="picture_changed")


@router.post("/remove")
async def take_removal(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Remove the picture."""
    keeping(doors)
    try:
        await doors.lanes.files(doors.flows.files.remove_avatar, session.profile.id)
    except NotFound:
        return go(visit, "/account")  # another tab was faster
    return go(visit, "/account", notice="picture_removed")


def _picture_in(visit: Visit, body: bytes) -> bytes:
    """Return the picture in a form that our own page made.

    The front has asked for our own origin already; the token stands in the form, which it did not read.
    Raises: BodyMalformed, ContentTypeRefused, CsrfFailed, PictureRefused.
    """
    form = read_file_form(body, visit.header(b"content-type"))
    visit.form = form.fields
    csrf.require_token(visit, csrf.bound_to(visit))
    if "picture" not in form.files:
        raise PictureRefused
    return form.files["picture"]
