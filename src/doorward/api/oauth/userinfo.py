"""Who the owner of an access token is.

Source: OpenID Connect Core 1.0 section 5.3; RFC 6750 sections 2 and 3; RFC 9449 section 7.1.
"""

from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.answers import give_nonce, token_challenge, told
from doorward.api.classes import RouteClass
from doorward.api.thin import ThinRoute
from doorward.api.visit import Visit
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.tokens.userinfo import Shown

hot = APIRouter(prefix="/oauth", tags=[RouteClass.OAUTH], route_class=ThinRoute)

_UNAUTHORIZED: Final = 401
_JWT: Final = "application/jwt"
_SCHEMES: Final = {"bearer": False, "dpop": True}


class Owner(BaseModel):
    """The owner of an access token, as far as its scopes tell."""

    sub: str
    preferred_username: str | None = None
    updated_at: int | None = None
    email: str | None = None
    email_verified: bool | None = None
    roles: list[str] | None = None


@hot.get("/userinfo", response_model=Owner)
async def show_owner(request: Request) -> Response:
    """Tell who the owner of the access token is."""
    return await _tell(request)


@hot.post("/userinfo", response_model=Owner)
async def post_owner(request: Request) -> Response:
    """Tell the same. The token stands in the header here too; one in the form is refused."""
    return await _tell(request)


async def _tell(request: Request) -> Response:
    visit = Visit.of(request.scope)
    shown = _shown(request, visit)
    if shown is None:
        answer = told({}, _UNAUTHORIZED)
        answer.headers["www-authenticate"] = token_challenge(visit)
        return answer
    found = await visit.doors.lanes.main(visit.doors.flows.tokens.userinfo, shown)
    answer = told(found.claims) if found.signed is None else Response(found.signed, media_type=_JWT)
    if shown.is_bound:
        give_nonce(visit, answer)
    return answer


def _shown(request: Request, visit: Visit) -> Shown | None:
    """Return the token in the header, the one place where it is read; None when none was shown.

    Source: RFC 6750 section 2 (one method a request); RFC 9700 section 4.3.2 (never in the address).
    Raises: OAuthError.
    """
    scheme, _, presented = (visit.header(b"authorization") or "").partition(" ")
    elsewhere = b"access_token=" in request.scope["query_string"] or b"access_token=" in visit.body
    if elsewhere:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The access token belongs into the Authorization header.")
    is_bound = _SCHEMES.get(scheme.lower())
    if is_bound is None or not presented.strip(" "):
        return None
    proof = visit.header(b"dpop")
    return Shown(presented.strip(" "), is_bound, request.method, proof)
