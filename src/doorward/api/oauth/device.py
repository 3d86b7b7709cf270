"""Where devices without a browser ask.

Source: RFC 8628 section 3.1; RFC 9449 section 10.
"""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.answers import give_nonce, told
from doorward.api.classes import RouteClass
from doorward.api.oauth.clients import authenticated, in_lane
from doorward.api.oauth.parameters import sent_in_body
from doorward.api.thin import ThinRoute
from doorward.api.v1.device_name import device_name
from doorward.api.visit import Visit
from doorward.core.oauth.device.ask import PATH
from doorward.core.oauth.device.records import Shown

hot = APIRouter(tags=[RouteClass.OAUTH], route_class=ThinRoute)


class DeviceAuthorization(BaseModel):
    """Two codes: one to ask the token endpoint with, one to show (RFC 8628 section 3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


@hot.post(PATH, response_model=DeviceAuthorization)
async def ask_for_device(request: Request) -> Response:
    """Ask for a code that somebody types on a phone or a computer, because this device has no browser."""
    visit = Visit.of(request.scope)
    parameters, proof = sent_in_body(request, visit), visit.header(b"dpop")
    flows, program = visit.doors.flows, device_name(visit.program)

    def ask() -> Shown:
        client = authenticated(visit, {name: values[0] for name, values in parameters.items()})
        check = flows.tokens.give.check_proof
        thumbprint = None if proof is None else check(proof, method="POST", path=PATH)
        ask_for = flows.requests.devices.ask
        return ask_for(client, parameters, program=program, address=visit.address, key_thumbprint=thumbprint)

    shown = await in_lane(visit, parameters, ask)
    answer = told(
        {
            "device_code": shown.device_code,
            "user_code": shown.user_code,
            "verification_uri": shown.verification_uri,
            "verification_uri_complete": shown.verification_uri_complete,
            "expires_in": int(shown.expires_in.total_seconds()),
            "interval": int(shown.interval.total_seconds()),
        }
    )
    if proof is not None:
        give_nonce(visit, answer)
    return answer
