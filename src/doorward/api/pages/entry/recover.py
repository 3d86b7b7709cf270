"""Getting back in: a forgotten password, and a sign-in that is suspended."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import sent
from doorward.api.pages.entry import links
from doorward.api.pages.forms import Errors, errors_of, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession, know_device
from doorward.api.problems import status_of
from doorward.api.v1.device_name import device_name
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import PURPOSES, Purpose
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

_RESET: Final = (Purpose.RESET_PASSWORD, Purpose.CHOOSE_PASSWORD)
_UNLOCK: Final = (Purpose.UNLOCK_SIGN_IN,)
_LINK_MINUTES: Final = int(PURPOSES[Purpose.RESET_PASSWORD].link.total_seconds() // 60)


@router.get("/forgot")
async def show_forgot(visit: NeedsVisit, session: MaybeSession, notice: str | None = None) -> Response:
    """Ask for the address; after that, say where a mail went if it belongs to an account."""
    if notice == "sent":
        return _show_forgot(visit, session, state="sent", email=sent.recall(visit))
    return _show_forgot(visit, session)


@router.post("/forgot")
async def take_forgot(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Ask for the mail with the link; the answer is the same whether there is an account or not."""
    email = typed(visit, "email")
    try:
        await doors.lanes.main(doors.flows.forgot_password, email)
    except Invalid as refusal:
        return _show_forgot(visit, session, status=status_of(Invalid), email=email, errors=errors_of(refusal))
    answer = go(visit, "/forgot", notice="sent")
    sent.remember(visit, answer, email.strip())
    return answer


@router.get("/reset")
async def show_reset(visit: NeedsVisit, session: MaybeSession, token: str = "") -> Response:
    """Ask for the new password."""
    if await links.is_dead(visit, token, _RESET):
        return _show_reset(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show_reset(visit, session, token=token)


@router.post("/reset")
async def take_reset(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Set the new password. Every session of the account ends."""
    token, password = typed(visit, "token"), typed(visit, "new_password")
    reset = doors.flows.reset_password
    try:
        device_token = await doors.lanes.hash(reset, token, password, device_name=device_name(visit.program))
    except Invalid as refusal:
        return _show_reset(visit, session, status=status_of(Invalid), token=token, errors=errors_of(refusal))
    except LinkRefused:
        return _show_reset(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    answer = go(visit, "/sign-in", notice="password_reset")
    know_device(visit, answer, device_token)
    sent.forget(visit, answer)
    return answer


@router.get("/unlock")
async def show_unlock(visit: NeedsVisit, session: MaybeSession, token: str = "") -> Response:
    """Show the button that lets this device sign in."""
    if await links.is_dead(visit, token, _UNLOCK):
        return _show_unlock(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show_unlock(visit, session, token=token)


@router.post("/unlock")
async def take_unlock(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Let this device sign in although others are kept out."""
    unlock = doors.flows.unlock
    try:
        device_token = await doors.lanes.main(unlock, typed(visit, "token"), device_name=device_name(visit.program))
    except LinkRefused:
        return _show_unlock(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    answer = go(visit, "/sign-in", notice="unlocked")
    know_device(visit, answer, device_token)
    return answer


def _show_forgot(
    visit: Visit,
    session: Snapshot | None,
    *,
    state: str = "form",
    status: int = 200,
    email: str = "",
    errors: Errors | None = None,
) -> Response:
    return page(
        visit,
        "entry/forgot.html",
        session=session,
        status=status,
        state=state,
        values={"email": email},
        errors=errors or {},
        link_minutes=_LINK_MINUTES,
        development=visit.doors.mailbox is not None,
    )


def _show_reset(
    visit: Visit, session: Snapshot | None, *, status: int = 200, token: str = "", errors: Errors | None = None
) -> Response:
    minimum = visit.doors.flows.reset_password.choose.minimum
    context = {"token": token or None, "errors": errors or {}, "password_minimum": minimum}
    return page(visit, "entry/reset.html", session=session, status=status, **context)


def _show_unlock(
    visit: Visit, session: Snapshot | None, *, status: int = 200, token: str = "", errors: Errors | None = None
) -> Response:
    return page(visit, "entry/unlock.html", session=session, status=status, token=token or None, errors=errors or {})
