"""Signing browsers in and out."""

from fastapi import APIRouter, Response
from pydantic import ValidationError
from starlette.requests import Request

from doorward.api.answers import respond
from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.problems import problem_of_fields
from doorward.api.thin import ThinRoute, json_answer
from doorward.api.v1.bodies import CsrfAnswer, LoginBody, RegisterBody, SignedIn, SuccessMessageResponse
from doorward.api.v1.device_name import device_name
from doorward.api.v1.refreshing import refreshed
from doorward.api.v1.web import csrf
from doorward.api.v1.web.cookies import PRE_SESSION_LIVES_FOR, cookies_of, held
from doorward.api.v1.web.needs import session_of
from doorward.api.visit import Visit
from doorward.core.login.log_in import Attempt
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import LIFETIMES, EndReason, Kind, Remembered

router = APIRouter(prefix="/v1/auth", tags=[RouteClass.WEB])
hot = APIRouter(prefix="/v1/auth", tags=[RouteClass.WEB], route_class=ThinRoute)

REGISTERED = "Check your mail: a link in it finishes the registration."


@router.get("/csrf")
async def csrf_token(visit: NeedsVisit, response: Response) -> CsrfAnswer:
    """Get a token for unsafe requests. It is also set as a cookie that scripts can read."""
    return CsrfAnswer(csrf_token=give_csrf_token(visit, response))


@router.post("/register", status_code=201)
async def register(body: RegisterBody, visit: NeedsVisit, doors: NeedsDoors) -> SuccessMessageResponse:
    """Register. The account comes to life by the link that is mailed to the address."""
    password = body.password.get_secret_value()
    caller = visit.caller(None)
    await doors.lanes.hash(doors.flows.register, body.username, body.email, password=password, caller=caller)
    return SuccessMessageResponse(message=REGISTERED)


@hot.post("/login_web", response_model=SignedIn)
async def log_in_web(request: Request) -> Response:
    """Sign in. The session comes as cookies; no token is in the body. A session held before ends."""
    visit = Visit.of(request.scope)
    try:
        body = LoginBody.model_validate_json(visit.body)
    except ValidationError as error:
        return respond(visit, problem_of_fields(error.errors()))
    return _signed_in(visit, await sign_in(visit, body.username, body.password.get_secret_value()))


@hot.post("/refresh_web", response_model=SignedIn)
async def refresh_web(request: Request) -> Response:
    """Continue the session: the refresh cookie is used up, and new cookies take the place of all."""
    visit = Visit.of(request.scope)
    cookies = cookies_of(visit.doors.issuer)
    presented = held(visit.jar, cookies.refresh)
    if presented is None:
        raise NotSignedIn
    return _signed_in(visit, await refreshed(visit, presented, Kind.WEB, device_token=held(visit.jar, cookies.device)))


@router.post("/logout_web", status_code=204)
async def log_out_web(visit: NeedsVisit, response: Response) -> None:
    """Sign out. The refresh cookie alone is enough, so it works when the access cookie has expired."""
    doors, cookies = visit.doors, cookies_of(visit.doors.issuer)
    presented = held(visit.jar, cookies.refresh)
    if presented is not None:
        await doors.lanes.main(doors.flows.end_by_refresh_token, presented)
    elif held(visit.jar, cookies.access) is not None:
        snapshot = await session_of(visit)
        account_id = snapshot.profile.id
        await doors.lanes.main(doors.flows.end_session, account_id, snapshot.session_id, reason=EndReason.SIGNED_OUT)
    cookies.delete_session(response)


async def sign_in(visit: Visit, login: str, password: str) -> Remembered:
    """Return what a browser carries away from signing in; the session that it held before has ended.

    Raises: InvalidCredentials, Unavailable.
    """
    doors, cookies = visit.doors, cookies_of(visit.doors.issuer)
    device_token = held(visit.jar, cookies.device)
    caller = visit.caller(device_token)
    attempt = Attempt(login, password, Kind.WEB, caller, device_name(visit.program))
    is_known = doors.flows.log_in.devices.is_ours(device_token)
    run = doors.lanes.hash_first if is_known else doors.lanes.hash
    return await run(_replace_session, doors, attempt, held(visit.jar, cookies.refresh))


def give_session(visit: Visit, answer: Response, remembered: Remembered) -> None:
    """Set the cookies of a session, with a token against forgery that is bound to it."""
    cookies = cookies_of(visit.doors.issuer)
    token = csrf.mint(visit.doors.csrf_key, remembered.session_id)
    page_token = visit.doors.flows.recognise.page_token(remembered)
    cookies.set_session(answer, remembered, csrf_token=token, page_token=page_token)
    if held(visit.jar, cookies.pre) is not None:
        cookies.delete(answer, cookies.pre)


def give_csrf_token(visit: Visit, answer: Response) -> str:
    """Return a fresh token for this browser, and set it as a cookie.

    A browser without a session gets a pre-session first, for the token to be bound to.
    """
    cookies = cookies_of(visit.doors.issuer)
    bound = csrf.bound_to(visit)
    if bound is None:
        bound = csrf.Bound(csrf.new_pre_session(), is_session=False)
        cookies.set(answer, cookies.pre, bound.id, lives_for=PRE_SESSION_LIVES_FOR)
    token = csrf.mint(visit.doors.csrf_key, bound.id)
    lives_for = LIFETIMES[Kind.WEB].idle if bound.is_session else PRE_SESSION_LIVES_FOR
    cookies.set(answer, cookies.csrf, token, lives_for=lives_for)
    return token


def _signed_in(visit: Visit, remembered: Remembered) -> Response:
    answer = json_answer(SignedIn.of(remembered).model_dump_json().encode())
    give_session(visit, answer, remembered)
    return answer


def _replace_session(doors: Doors, attempt: Attempt, old_refresh_token: str | None) -> Remembered:
    remembered = doors.flows.log_in(attempt)
    if old_refresh_token is not None:
        doors.flows.end_by_refresh_token(old_refresh_token, heir=remembered.session_id)
    return remembered
