"""Getting back in: a forgotten password, and a sign-in that is suspended."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import sent
from doorward.api.pages.consent.browser import remember_return
from doorward.api.pages.consent.waiting import CameFor, came_for, go_to_sign_in
from doorward.api.pages.entry import links
from doorward.api.pages.forms import Errors, errors_of, missing, typed
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
_ADDRESS_AND_CODE: Final = {"email": "Type your e-mail address.", "code": "Type the code from the mail."}
_LINK_MINUTES: Final = int(PURPOSES[Purpose.RESET_PASSWORD].link.total_seconds() // 60)


@router.get("/forgot")
async def show_forgot(
    visit: NeedsVisit, session: MaybeSession, notice: str | None = None, request: str = ""
) -> Response:
    """Ask for the address; after that, say where a mail went if it belongs to an account."""
    if notice == "sent":
        return _show_forgot(visit, session, None, state="sent", email=sent.recall(visit))
    return _show_forgot(visit, session, await came_for(visit, session, request))


@router.post("/forgot")
async def take_forgot(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Ask for the mail with the link; the answer is the same whether there is an account or not."""
    email = typed(visit, "email")
    came = await came_for(visit, session, typed(visit, "request"))
    try:
        await doors.lanes.main(doors.flows.forgot_password, email)
    except Invalid as refusal:
        return _show_forgot(visit, session, came, status=status_of(Invalid), email=email, errors=errors_of(refusal))
    answer = go(visit, "/forgot", notice="sent")
    sent.remember(visit, answer, email.strip())
    if came is not None:
        remember_return(visit, answer, came.token)
    return answer


@router.get("/reset")
async def show_reset(visit: NeedsVisit, session: MaybeSession, token: str = "") -> Response:
    """Ask for the new password, and for the code where there is no link."""
    if await links.is_dead(visit, token, _RESET):
        return _show_reset(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show_reset(visit, session, token=token, email=sent.recall(visit))


@router.post("/reset")
async def take_reset(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Set the new password. Every session of the account ends."""
    token, email, code, password = (typed(visit, name) for name in ("token", "email", "code", "new_password"))
    errors = {} if token else missing(visit, **_ADDRESS_AND_CODE)
    if errors:
        return _show_reset(visit, session, status=status_of(Invalid), email=email, errors=errors)
    reset, name = doors.flows.reset_password, device_name(visit.program)
    try:
        if token:
            device_token = await doors.lanes.hash(reset.by_link, token, password, device_name=name)
        else:
            device_token = await doors.lanes.hash(reset.by_code, email, code, password, device_name=name)
    except Invalid as refusal:
        status, errors = status_of(Invalid), errors_of(refusal)
        return _show_reset(visit, session, status=status, token=token, email=email, code=code, errors=errors)
    except LinkRefused as refusal:
        errors = links.DEAD if token else {"code": refusal.detail}
        return _show_reset(visit, session, status=links.DEAD_STATUS, email=email, errors=errors)
    answer = await go_to_sign_in(visit, session, notice="password_reset")
    know_device(visit, answer, device_token)
    sent.forget(visit, answer)
    return answer


@router.get("/unlock")
async def show_unlock(visit: NeedsVisit, session: MaybeSession, token: str = "") -> Response:
    """Show the button that lets this device sign in, or ask for the code where there is no link."""
    if await links.is_dead(visit, token, _UNLOCK):
        return _show_unlock(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show_unlock(visit, session, token=token)


@router.post("/unlock")
async def take_unlock(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Let this device sign in although others are kept out."""
    token, email, code = (typed(visit, name) for name in ("token", "email", "code"))
    errors = {} if token else missing(visit, **_ADDRESS_AND_CODE)
    if errors:
        return _show_unlock(visit, session, status=status_of(Invalid), email=email, errors=errors)
    unlock, name = doors.flows.unlock, device_name(visit.program)
    try:
        if token:
            device_token = await doors.lanes.main(unlock.by_link, token, device_name=name)
        else:
            device_token = await doors.lanes.main(unlock.by_code, email, code, device_name=name)
    except Invalid as refusal:
        return _show_unlock(visit, session, status=status_of(Invalid), email=email, errors=errors_of(refusal))
    except LinkRefused as refusal:
        errors = links.DEAD if token else {"code": refusal.detail}
        return _show_unlock(visit, session, status=links.DEAD_STATUS, email=email, errors=errors)
    answer = await go_to_sign_in(visit, session, notice="unlocked")
    know_device(visit, answer, device_token)
    return answer


def _show_forgot(
    visit: Visit,
    session: Snapshot | None,
    came: CameFor | None,
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
        came=came,
        state=state,
        values={"email": email},
        errors=errors or {},
        link_minutes=_LINK_MINUTES,
        development=visit.doors.mailbox is not None,
    )


def _show_reset(
    visit: Visit,
    session: Snapshot | None,
    *,
    status: int = 200,
    token: str = "",
    email: str = "",
    code: str = "",
    errors: Errors | None = None,
) -> Response:
    return page(
        visit,
        "entry/reset.html",
        session=session,
        status=status,
        token=token or None,
        values={"email": email, "code": code},
        errors=errors or {},
        password_minimum=visit.doors.flows.reset_password.choose.minimum,
    )


def _show_unlock(
    visit: Visit,
    session: Snapshot | None,
    *,
    status: int = 200,
    token: str = "",
    email: str = "",
    errors: Errors | None = None,
) -> Response:
    return page(
        visit,
        "entry/unlock.html",
        session=session,
        status=status,
        token=token or None,
        values={"email": email},
        errors=errors or {},
    )
