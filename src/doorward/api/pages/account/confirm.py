"""Confirming that it is still you, before what matters most."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import place
from doorward.api.pages.forms import Errors, missing, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import NeedsSession
from doorward.api.problems import status_of
from doorward.api.v1.device_name import device_name
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.v1.web.login import give_session
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid
from doorward.core.login.errors import InvalidCredentials
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/account", tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("/confirm")
async def show_confirm(visit: NeedsVisit, session: NeedsSession, request: str = "") -> Response:
    """Ask for the password again, and lead back to where it was asked for."""
    return await ask_to_confirm(visit, session, request=request)


@router.post("/confirm")
async def take_confirm(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Check the password. A fresh session takes the place of the one that asked."""
    errors = missing(visit, password="Type your password.")  # noqa: S106 (a sentence)
    if errors:
        return await ask_to_confirm(visit, session, status=status_of(Invalid), errors=errors)
    caller = visit.caller(held(visit.jar, cookies_of(doors.issuer).device))
    again, name = doors.flows.sign_in_again, device_name(visit.program)
    try:
        remembered = await doors.lanes.hash_first(
            again, session, typed(visit, "password"), caller=caller, device_name=name
        )
    except InvalidCredentials:
        errors = {"password": "This is not your password."}
        return await ask_to_confirm(visit, session, status=status_of(InvalidCredentials), errors=errors)
    answer = go_on(visit, typed(visit, "request"))
    give_session(visit, answer, remembered)
    return answer


def go_on(visit: Visit, request: str) -> RedirectResponse:
    """Return where it goes on for somebody who has confirmed: back into the console, or to the account."""
    onward = place.read(request)
    return go(visit, "/account", notice="confirmed") if onward is None else go(visit, onward)


async def ask_to_confirm(
    visit: Visit, session: Snapshot, *, status: int = 200, errors: Errors | None = None, request: str = ""
) -> Response:
    """Return the page where one confirms that it is still them."""
    wanted = request or typed(visit, "request")
    onward = place.read(wanted)
    doors = visit.doors
    ways = await doors.lanes.main(doors.flows.providers.ways_in, session.profile.id)
    connected = {identity.provider_id for identity in ways.identities}
    providers = [each for each in doors.flows.providers.begin.providers.values() if each.id in connected]
    return page(
        visit,
        "account/confirm.html",
        session=session,
        status=status,
        errors=errors or {},
        has_password=ways.has_password,
        providers=providers,
        request="" if onward is None else wanted,
        back=place.CONSOLE if onward is not None else "/account",
    )
