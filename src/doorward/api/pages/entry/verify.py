"""Proving an e-mail address: a new account's, or the new one of an old account."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import sent
from doorward.api.pages.consent.waiting import go_to_sign_in
from doorward.api.pages.entry import links
from doorward.api.pages.forms import Errors, errors_of, missing, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Invalid
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

_PURPOSES: Final = (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)


@router.get("/verify")
async def show_verify(visit: NeedsVisit, session: MaybeSession, token: str = "", notice: str | None = None) -> Response:
    """Show the button that proves the address, or ask for the code where there is no link."""
    if await links.is_dead(visit, token, _PURPOSES):
        return _show(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show(visit, session, token=token, email=sent.recall(visit), resent=notice == "resent")


@router.post("/verify")
async def take_verify(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Prove the address by the link's token, or by the code and the address that it was mailed to."""
    token, email, code = (typed(visit, name) for name in ("token", "email", "code"))
    errors = {} if token else missing(visit, email="Type your e-mail address.", code="Type the code from the mail.")
    if errors:
        return _show(visit, session, status=status_of(Invalid), email=email, errors=errors)
    verify = doors.flows.verify_email
    try:
        if token:
            await doors.lanes.main(verify.by_link, token)
        else:
            await doors.lanes.main(verify.by_code, email, code)
    except LinkRefused as refusal:
        errors = {"form" if token else "code": refusal.detail}
        return _show(visit, session, status=links.DEAD_STATUS, email=email, errors=errors)
    except (Invalid, UserExists) as refusal:
        return _show(visit, session, status=status_of(type(refusal)), email=email, errors=errors_of(refusal))
    answer = await go_to_sign_in(visit, session, notice="email_confirmed")
    sent.forget(visit, answer)
    return answer


@router.post("/verify/resend")
async def take_resend(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Ask for the mail again; the answer is the same whether the address waits for one or not."""
    email = typed(visit, "email")
    try:
        await doors.lanes.main(doors.flows.resend_verification, email)
    except Invalid as refusal:
        return _show(visit, session, status=status_of(Invalid), errors={"resend_email": refusal.reason})
    answer = go(visit, "/verify", notice="resent")
    sent.remember(visit, answer, email.strip())
    return answer


def _show(
    visit: Visit,
    session: Snapshot | None,
    *,
    status: int = 200,
    token: str = "",
    email: str = "",
    resent: bool = False,
    errors: Errors | None = None,
) -> Response:
    return page(
        visit,
        "entry/verify.html",
        session=session,
        status=status,
        token=token or None,
        values={"email": email},
        resent=resent,
        errors=errors or {},
    )
