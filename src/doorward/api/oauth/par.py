"""Where applications push their requests.

Source: RFC 9126 section 2; RFC 9449 section 10.1.
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
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.push_request import Pushed

hot = APIRouter(prefix="/oauth", tags=[RouteClass.OAUTH], route_class=ThinRoute)

_CREATED = 201


class PushedRequest(BaseModel):
    """A reference to a request that was pushed (RFC 9126 section 2.2)."""

    request_uri: str
    expires_in: int


@hot.post("/par", status_code=_CREATED, response_model=PushedRequest)
async def push_request(request: Request) -> Response:
    """Push an authorization request, and get a reference that the browser carries instead of it."""
    visit = Visit.of(request.scope)
    parameters, proof = sent_in_body(request, visit), visit.header(b"dpop")
    flows = visit.doors.flows

    def push() -> Pushed:
        client = authenticated(visit, {name: values[0] for name, values in parameters.items()})
        check = flows.tokens.give.check_proof
        thumbprint = None if proof is None else check(proof, method="POST", path="/oauth/par")
        return flows.requests.push(client, parameters, key_thumbprint=thumbprint)

    pushed = await in_lane(visit, parameters, push)
    expires_in = int(pushed.expires_in.total_seconds())
    answer = told({"request_uri": pushed.request_uri, "expires_in": expires_in}, _CREATED)
    if proof is not None:
        give_nonce(visit, answer)
    return answer
