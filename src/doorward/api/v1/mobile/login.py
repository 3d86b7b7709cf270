"""Signing apps in and out."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.answers import respond
from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsDoors
from doorward.api.problems import problem_of_fields
from doorward.api.thin import ThinRoute, json_answer
from doorward.api.v1.bodies import LoginBody, MobileLoginBody, RefreshBody, Tokens
from doorward.api.v1.device_name import device_name
from doorward.api.v1.mobile.bearer import NeedsMobileSession
from doorward.api.v1.refreshing import refreshed
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid
from doorward.core.login.log_in import Attempt
from doorward.core.sessions.records import EndReason, Kind, Remembered

DEVICE_HEADER: Final = "x-device-token"
_PASSWORD_GRANT: Final = "password"  # noqa: S105 (the name of a grant)

router = APIRouter(prefix="/v1/auth", tags=[RouteClass.MOBILE])
hot = APIRouter(prefix="/v1/auth", tags=[RouteClass.PUBLIC], route_class=ThinRoute)


@hot.post("/login_mobile", response_model=Tokens)
async def log_in_mobile(request: Request) -> Response:
    """Sign in. The session comes as tokens in the body; no cookie is set.

    A device that signed in before proves itself by the header X-Device-Token, whose value came with that answer. A form
    with the fields of OAuth's password grant is read too, for clients that speak nothing else.
    """
    visit = Visit.of(request.scope)
    try:
        body = _login_body(visit)
    except ValidationError as error:
        return respond(visit, problem_of_fields(error.errors()))
    remembered = await _sign_in(visit, body)
    answer = _tokens(remembered)
    if remembered.device_token is not None:
        answer.headers[DEVICE_HEADER] = remembered.device_token
    return answer


@hot.post("/refresh_mobile", response_model=Tokens)
async def refresh_mobile(request: Request) -> Response:
    """Continue the session: the refresh token is used up, and a new one takes its place."""
    visit = Visit.of(request.scope)
    try:
        body = RefreshBody.model_validate_json(visit.body)
    except ValidationError as error:
        return respond(visit, problem_of_fields(error.errors()))
    device_token = visit.header(DEVICE_HEADER.encode())
    presented = body.refresh_token.get_secret_value()
    return _tokens(await refreshed(visit, presented, Kind.MOBILE, device_token=device_token))


@router.post("/logout_mobile", status_code=204)
async def log_out_mobile(session: NeedsMobileSession, doors: NeedsDoors) -> None:
    """Sign out: the session's tokens are worthless from then on."""
    account_id = session.profile.id
    await doors.lanes.main(doors.flows.end_session, account_id, session.session_id, reason=EndReason.SIGNED_OUT)


def _login_body(visit: Visit) -> MobileLoginBody:
    if visit.form is None:
        return MobileLoginBody.model_validate_json(visit.body)
    return _from_form(visit.form)


def _from_form(form: Mapping[str, str]) -> MobileLoginBody:
    """Return what a form of OAuth's password grant says; what else that grant may carry is of no use here.

    Source: RFC 6749 section 4.3.2.
    """
    if form.get("grant_type", _PASSWORD_GRANT) != _PASSWORD_GRANT:
        raise Invalid("/grant_type", "Only the password grant is read here.")
    known = {name: form[name] for name in LoginBody.model_fields if name in form}
    return MobileLoginBody.model_validate(known)


async def _sign_in(visit: Visit, body: MobileLoginBody) -> Remembered:
    doors: Doors = visit.doors
    device_token = visit.header(DEVICE_HEADER.encode())
    attempt = Attempt(
        body.username,
        body.password.get_secret_value(),
        Kind.MOBILE,
        visit.caller(device_token),
        device_name(visit.program, body.device_name),
    )
    is_known = doors.flows.log_in.devices.is_ours(device_token)
    run = doors.lanes.hash_first if is_known else doors.lanes.hash
    return await run(doors.flows.log_in, attempt)


def _tokens(remembered: Remembered) -> Response:
    return json_answer(Tokens.of(remembered).model_dump_json().encode())
