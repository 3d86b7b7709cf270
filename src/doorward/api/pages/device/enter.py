"""Where people type the code that a device shows.

Source: RFC 8628 section 3.3.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.consent.browser import mark, visitor_of
from doorward.api.pages.forms import Errors, known, missing, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession, NeedsSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.device.errors import UserCodeRefused
from doorward.core.oauth.device.find_waiting import Person
from doorward.core.oauth.device.rules import user_code
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

ALLOWED: Final = "device_allowed"
REFUSED: Final = "device_refused"


@router.get("/device")
async def show_device(
    visit: NeedsVisit,
    session: MaybeSession,
    code: Annotated[str, Query(alias="user_code")] = "",
    notice: str | None = None,
) -> Response:
    """Ask for the code, or whether one that came along is on the screen; whoever is not signed in does that first."""
    brought = user_code.normalise(code)
    if session is None:
        marked = visitor_of(visit, None)
        ticket = visit.doors.flows.requests.devices.tickets.come_back(brought, browser=marked.visitor.browser)
        answer: Response = go(visit, "/sign-in", request=ticket)
        mark(visit, answer, marked)
        return answer
    if known(notice, (ALLOWED, REFUSED)):
        return page(visit, "device/done.html", session=session, is_allowed=notice == ALLOWED)
    return _show(visit, session, user_code.shown(brought), came_along=user_code.is_whole(brought))


@router.post("/device")
async def take_device(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Take the code, and lead to what the device asks for."""
    presented, marked = typed(visit, "user_code"), visitor_of(visit, session)
    errors = missing(visit, user_code="Type the code that the device shows.")
    if errors:
        return _show(visit, session, "", status=status_of(Invalid), errors=errors)
    person = Person(session, marked.visitor.browser)
    try:
        ticket = await doors.lanes.main(doors.flows.requests.devices.enter, presented, person)
    except UserCodeRefused as refusal:
        errors, status = {"user_code": refusal.detail}, status_of(UserCodeRefused)
        return _show(visit, session, presented[: user_code.LONGEST], status=status, errors=errors)
    answer = go(visit, "/device/confirm", request=ticket)
    mark(visit, answer, marked)
    return answer


def _show(
    visit: Visit,
    session: Snapshot,
    shown: str,
    *,
    came_along: bool = False,
    status: int = 200,
    errors: Errors | None = None,
) -> Response:
    marked = visitor_of(visit, session)
    tickets, code = visit.doors.flows.requests.devices.tickets, user_code.normalise(shown)
    answer = page(
        visit,
        "device/enter.html",
        session=session,
        status=status,
        values={"user_code": shown},
        came_along=came_along,
        other=tickets.come_back(code, browser=marked.visitor.browser, unwanted=session.profile.id),
        errors=errors or {},
    )
    mark(visit, answer, marked)
    return answer
