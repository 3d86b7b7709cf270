"""Where applications get tokens, have them looked at, and take them back.

Source: RFC 6749 section 3.2; RFC 7662 section 2; RFC 7009 section 2; RFC 9396 section 7.
"""

import json
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.answers import give_nonce, told, unkept
from doorward.api.classes import RouteClass
from doorward.api.oauth.clients import authenticated, in_lane, proven, proven_at_once
from doorward.api.oauth.forms import needed, sent
from doorward.api.thin import ThinRoute
from doorward.api.visit import Visit
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client, GrantType
from doorward.core.oauth.tokens.introspect import INACTIVE

_UNSAID: Final = "AUDIENCES_UNSAID"
"""What a log calls it when a client is told nothing of which nobody has said for which APIs it answers."""

hot = APIRouter(prefix="/oauth", tags=[RouteClass.OAUTH], route_class=ThinRoute)


class IssuedTokens(BaseModel):
    """Tokens (RFC 6749 section 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
    issued_token_type: str | None = None
    authorization_details: list[dict[str, object]] | None = None


class Introspected(BaseModel):
    """What a token is good for now (RFC 7662 section 2.2); `active` alone where it is good for nothing."""

    active: bool
    iss: str | None = None
    sub: str | None = None
    aud: str | None = None
    client_id: str | None = None
    scope: str | None = None
    exp: int | None = None
    iat: int | None = None
    authorization_details: list[dict[str, object]] | None = None


@hot.post("/token", response_model=IssuedTokens)
async def give_tokens(request: Request) -> Response:
    """Exchange a code, a refresh token, or a client's own credentials for tokens."""
    visit = Visit.of(request.scope)
    parameters, proof = sent(request, visit), visit.header(b"dpop")
    flows = visit.doors.flows
    grant = flows.tokens.give.grant_of(parameters)
    if grant is GrantType.CLIENT_CREDENTIALS and proof is None and flows.keyring.is_current():
        # Nothing is read or written for it, so it need not leave this thread.
        client = proven_at_once(visit, parameters)
        if client is not None:
            return told(_members(flows.tokens.give(client, parameters, proof=None)))

    def give() -> Issued:
        return flows.tokens.give(authenticated(visit, parameters), parameters, proof=proof)

    answer = told(_members(await in_lane(visit, parameters, give)))
    if proof is not None:
        give_nonce(visit, answer)
    return answer


@hot.post("/introspect", response_model=Introspected)
async def introspect(request: Request) -> Response:
    """Tell a resource server what a token is good for now."""
    visit = Visit.of(request.scope)
    parameters = sent(request, visit)
    token, flows = needed(parameters, "token"), visit.doors.flows
    client = proven_at_once(visit, parameters)
    at_hand = None if client is None else flows.tokens.introspect.at_once(client, token)
    if client is not None and at_hand is not None:
        return unkept(_noted(visit, client, at_hand))

    def look() -> bytes:
        asker = client or proven(visit, parameters)
        return _noted(visit, asker, flows.tokens.introspect(asker, token))

    return unkept(await in_lane(visit, parameters, look))


@hot.post("/revoke")
async def revoke(request: Request) -> Response:
    """Take a token back: what it belongs to ends, with every other token of it."""
    visit = Visit.of(request.scope)
    parameters = sent(request, visit)
    token, flows = needed(parameters, "token"), visit.doors.flows

    def take_back() -> None:
        flows.tokens.revoke(authenticated(visit, parameters), token)

    await in_lane(visit, parameters, take_back)
    return told({})


def _noted(visit: Visit, asker: Client, answer: bytes) -> bytes:
    """Return the answer, and leave a word in the log where it may be another one than a program before would give."""
    if answer is INACTIVE and asker.is_unsaid:
        visit.doors.watch.refused(_UNSAID, reason=asker.id, route=visit.route, request_id=visit.request_id)
    return answer


def _members(issued: Issued) -> dict[str, JsonValue]:
    return {
        "access_token": issued.access_token,
        "token_type": issued.token_type,
        "expires_in": int(issued.expires_in.total_seconds()),
        "scope": issued.scope,
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "issued_token_type": issued.issued_token_type,
        "authorization_details": None if issued.details is None else json.loads(issued.details),
    }
