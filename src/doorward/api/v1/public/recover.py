"""Getting back in: a new password, or a way around a suspended sign-in."""

from fastapi import APIRouter, Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.v1.bodies import (
    EmailBody,
    ResetByCode,
    ResetByLink,
    SuccessMessageResponse,
    UnlockByCode,
    UnlockByLink,
)
from doorward.api.v1.device_name import device_name

router = APIRouter(prefix="/v1/auth", tags=[RouteClass.PUBLIC])

DEVICE_HEADER = "x-device-token"
ASKED = "If there is an account with this address, the mail is on its way."
RESET = "Your password is changed, and you are signed out everywhere. Sign in with the new one."
UNLOCKED = "This device may sign in again."


@router.post("/forgot_password", status_code=202)
async def forgot_password(body: EmailBody, doors: NeedsDoors) -> SuccessMessageResponse:
    """Ask for a link to choose a new password. The answer is the same whether there is an account or not."""
    await doors.lanes.main(doors.flows.forgot_password, body.email)
    return SuccessMessageResponse(message=ASKED)


@router.post("/reset_password")
async def reset_password(
    body: ResetByLink | ResetByCode, visit: NeedsVisit, doors: NeedsDoors, response: Response
) -> SuccessMessageResponse:
    """Choose a new password by the mailed link, or by the code of the mail. Every session ends.

    The header X-Device-Token of the answer proves this device when it signs in from an app.
    """
    flow, name = doors.flows.reset_password, device_name(visit.program)
    password = body.new_password.get_secret_value()
    if isinstance(body, ResetByLink):
        token = await doors.lanes.hash(flow.by_link, body.token, password, device_name=name)
    else:
        token = await doors.lanes.hash(flow.by_code, body.email, body.code, password, device_name=name)
    response.headers[DEVICE_HEADER] = token
    return SuccessMessageResponse(message=RESET)


@router.post("/unlock")
async def unlock(
    body: UnlockByLink | UnlockByCode, visit: NeedsVisit, doors: NeedsDoors, response: Response
) -> SuccessMessageResponse:
    """Let this device sign in although too many failures suspended everybody's, by the mailed link or its code.

    The header X-Device-Token of the answer proves the device when it signs in from an app.
    """
    flow, name = doors.flows.unlock, device_name(visit.program)
    if isinstance(body, UnlockByLink):
        token = await doors.lanes.main(flow.by_link, body.token, device_name=name)
    else:
        token = await doors.lanes.main(flow.by_code, body.email, body.code, device_name=name)
    response.headers[DEVICE_HEADER] = token
    return SuccessMessageResponse(message=UNLOCKED)
