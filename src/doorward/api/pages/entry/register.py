"""Registering."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import sent
from doorward.api.pages.consent.browser import remember_return
from doorward.api.pages.consent.waiting import CameFor, came_for
from doorward.api.pages.forms import Errors, check_newcomer, errors_of, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Invalid
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("/register")
async def show_register(
    visit: NeedsVisit, session: MaybeSession, notice: str | None = None, request: str = ""
) -> Response:
    """Show the form; after it was accepted, where the mail went and what to do with it."""
    if notice != "sent":
        return _show(visit, session, await came_for(visit, session, request))
    email = sent.recall(visit)
    if not email:
        return go(visit, "/verify")
    return _show(visit, session, None, state="sent", email=email)


@router.post("/register")
async def take_register(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Register."""
    came = await came_for(visit, session, typed(visit, "request"))
    errors = check_newcomer(visit)
    if errors:
        return _show(visit, session, came, status=status_of(Invalid), errors=errors)
    username, email, password = (typed(visit, name) for name in ("username", "email", "password"))
    try:
        await doors.lanes.hash(doors.flows.register, username, email, password=password, caller=visit.caller(None))
    except (Invalid, UserExists) as refusal:
        return _show(visit, session, came, status=status_of(type(refusal)), errors=errors_of(refusal))
    answer = go(visit, "/register", notice="sent")
    sent.remember(visit, answer, email.strip())
    if came is not None:
        remember_return(visit, answer, came.token)
    return answer


def _show(
    visit: Visit,
    session: Snapshot | None,
    came: CameFor | None,
    *,
    state: str = "form",
    email: str | None = None,
    status: int = 200,
    errors: Errors | None = None,
) -> Response:
    return page(
        visit,
        "entry/register.html",
        session=session,
        status=status,
        came=came,
        state=state,
        values={"username": typed(visit, "username"), "email": typed(visit, "email") if email is None else email},
        errors=errors or {},
        password_minimum=visit.doors.flows.register.choose.minimum,
        development=visit.doors.mailbox is not None,
        providers=visit.doors.flows.providers.begin.providers.values(),
    )
