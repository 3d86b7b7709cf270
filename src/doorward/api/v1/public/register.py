"""Registering, and proving an address."""

from fastapi import APIRouter

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.v1.bodies import EmailBody, RegisterBody, SuccessMessageResponse, VerifyByCode, VerifyByLink

router = APIRouter(prefix="/v1/auth", tags=[RouteClass.PUBLIC])

REGISTERED = "Check your mail: a link in it finishes the registration."
VERIFIED = "Your address is confirmed. You can sign in now."
SENT_AGAIN = "If a registration waits for this address, the mail is on its way."


@router.post("/register_mobile", status_code=201)
async def register_mobile(body: RegisterBody, visit: NeedsVisit, doors: NeedsDoors) -> SuccessMessageResponse:
    """Register from an app. The account comes to life by the link that is mailed to the address."""
    password = body.password.get_secret_value()
    caller = visit.caller(None)
    await doors.lanes.hash(doors.flows.register, body.username, body.email, password=password, caller=caller)
    return SuccessMessageResponse(message=REGISTERED)


@router.post("/verify_email")
async def verify_email(body: VerifyByLink | VerifyByCode, doors: NeedsDoors) -> SuccessMessageResponse:
    """Prove an address by the link or the code that was mailed to it."""
    flow = doors.flows.verify_email
    if isinstance(body, VerifyByLink):
        await doors.lanes.main(flow.by_link, body.token)
    else:
        await doors.lanes.main(flow.by_code, body.email, body.code)
    return SuccessMessageResponse(message=VERIFIED)


@router.post("/resend_verification", status_code=202)
async def resend_verification(body: EmailBody, doors: NeedsDoors) -> SuccessMessageResponse:
    """Ask for the verification mail again. The answer is the same whether there is anything to send or not."""
    await doors.lanes.main(doors.flows.resend_verification, body.email)
    return SuccessMessageResponse(message=SENT_AGAIN)
