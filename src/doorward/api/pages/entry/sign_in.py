"""Signing in and out."""

import contextlib
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.oauth.clients import in_lane
from doorward.api.pages import sent
from doorward.api.pages.consent.browser import forget_return, remember_return
from doorward.api.pages.consent.waiting import CameFor, came_for
from doorward.api.pages.entry import leave
from doorward.api.pages.forms import Errors, known, missing, typed
from doorward.api.pages.render import go, go_home, page
from doorward.api.pages.session import MaybeSession, NeedsSession, forget_session
from doorward.api.problems import status_of
from doorward.api.v1.web.login import give_session, sign_in
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import SessionId
from doorward.core.login.errors import InvalidCredentials
from doorward.core.sessions.records import EndReason, Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

_NOTICES: Final = (
    "signed_out",
    "signed_out_everywhere",
    "email_confirmed",
    "password_reset",
    "unlocked",
    "account_created",
    "session_ended",
    "account_closing",
)
_REFUSED: Final = (
    "The name or the password is not right. Sure that they are? Look into your inbox: what we may not say here, "
    "we write to the owner of the account."
)
"""Said in every case alike, so it tells nobody whether there is an account."""


@router.get("/sign-in")
async def show_sign_in(
    visit: NeedsVisit, session: MaybeSession, notice: str | None = None, request: str = ""
) -> Response:
    """Show the form; whoever is signed in is led to their account, or on to the application that they came for."""
    came = await came_for(visit, session, request)
    if session is not None and (came is None or came.is_ready):
        return go_home(visit) if came is None else go(visit, came.onward)
    answer = show_form(visit, session, came, notice=known(notice, _NOTICES))
    if came is not None:
        remember_return(visit, answer, came.token)
    return answer


@router.post("/sign-in")
async def take_sign_in(visit: NeedsVisit, session: MaybeSession) -> Response:
    """Sign in. A session that this browser had before ends."""
    came = await came_for(visit, session, typed(visit, "request"))
    errors = missing(
        visit,
        username="Type your username or your e-mail address.",
        password="Type your password.",  # noqa: S106
    )
    if errors:
        return show_form(visit, session, came, status=status_of(Invalid), errors=errors)
    try:
        remembered = await sign_in(visit, typed(visit, "username"), typed(visit, "password"))
    except InvalidCredentials:
        return show_form(visit, session, came, status=status_of(InvalidCredentials), errors={"form": _REFUSED})
    if session is not None:
        await _end(visit, session, EndReason.REPLACED, heir=remembered.session_id)
    answer = go_home(visit) if came is None else go(visit, came.onward)
    give_session(visit, answer, remembered)
    sent.forget(visit, answer)
    forget_return(visit, answer)
    return answer


@router.get("/sign-out")
async def show_sign_out(visit: NeedsVisit, session: NeedsSession) -> Response:
    """Ask whether to sign out."""
    return page(visit, "entry/sign_out.html", session=session)


@router.post("/sign-out")
async def take_sign_out(visit: NeedsVisit, session: NeedsSession) -> Response:
    """Sign out here, and go on to the application that the person came from, if any."""
    asked = leave.asked_of(visit.form or {})
    leaving = await in_lane(visit, asked, partial(visit.doors.flows.tokens.read_sign_out, asked, session))
    await _end(visit, session, EndReason.SIGNED_OUT)
    answer = leave.depart(visit, leaving)
    forget_session(visit, answer)
    return answer


async def _end(visit: Visit, session: Snapshot, reason: EndReason, *, heir: SessionId | None = None) -> None:
    doors, account_id = visit.doors, session.profile.id
    # Somebody else may have ended it a moment ago, which is what was wanted.
    with contextlib.suppress(NotFound):
        await doors.lanes.main(doors.flows.end_session, account_id, session.session_id, reason=reason, heir=heir)


def show_form(
    visit: Visit,
    session: Snapshot | None = None,
    came: CameFor | None = None,
    *,
    status: int = 200,
    errors: Errors | None = None,
    notice: str | None = None,
) -> Response:
    """Return the page where one signs in."""
    return page(
        visit,
        "entry/sign_in.html",
        session=session,
        status=status,
        came=came,
        values={"username": typed(visit, "username") or _expected(session, came)},
        errors=errors or {},
        notice=notice,
        providers=visit.doors.flows.providers.begin.providers.values(),
    )


def _expected(session: Snapshot | None, came: CameFor | None) -> str:
    """Return the name that will most likely be typed."""
    if came is None:
        return ""
    if came.is_again and session is not None:
        return session.profile.username
    return came.login_hint
