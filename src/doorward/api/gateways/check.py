"""Where gateways ask whether to let a request through."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.gateways.forwarded import Asked, is_navigation, read
from doorward.api.gateways.identity import Admitted
from doorward.api.gateways.refusals import CredentialsMixed
from doorward.api.refusals import CookieRepeated
from doorward.api.thin import ThinRoute
from doorward.api.v1.web.cookies import Cookies, cookies_of, held
from doorward.api.visit import Visit
from doorward.core.kernel.secrets import SECRET_BYTES, encode, random_bytes
from doorward.core.keys.errors import TokenRefused
from doorward.core.oauth.gateways.records import Identity, ProtectedHost, is_own
from doorward.core.oauth.records import INTERACTION_LIVES_FOR
from doorward.core.sessions.errors import NotSignedIn

hot = APIRouter(tags=[RouteClass.GATEWAY], route_class=ThinRoute)

_BEARER: Final = "bearer "
_SEE_OTHER: Final = 303

_SAID: Final[dict[int | str, dict[str, object]]] = {
    200: {"description": "The request may pass; the header fields say whose it is."},
    303: {"description": "Somebody who looks at a page is to sign in first."},
    401: {"description": "Nobody is signed in, or the token is not good here."},
    403: {"description": "Whoever asks may not come in, or the gateway is not set up right."},
}


@hot.get("/forward-auth", response_class=Response, responses=_SAID)
async def check_request(request: Request) -> Response:
    """Tell a gateway whether a request may pass, and whose it is. Asking changes nothing."""
    visit = Visit.of(request.scope)
    asked = read(request, visit)
    cookie, shown = _cookie(visit, asked.host), visit.header(b"authorization")
    if cookie is not None and shown is not None:
        raise CredentialsMixed
    if shown is not None:
        return Admitted(await _by_token(visit, asked.host, shown))
    if cookie is not None:
        try:
            return Admitted(await _by_session(visit, asked.host, cookie))
        except NotSignedIn:
            pass
    if not asked.takes_redirects:
        raise NotSignedIn
    return _lead(visit, asked)


@hot.get("/forward-auth/sign-in", response_class=Response, responses={303: _SAID[303], 401: _SAID[401]})
async def lead_to_sign_in(request: Request) -> Response:
    """Answer in place of a gateway that cannot pass on where to sign in, after it was told that nobody is signed in."""
    visit = Visit.of(request.scope)
    return _lead(visit, read(request, visit))


async def _by_session(visit: Visit, host: ProtectedHost, presented: str) -> Identity:
    """Return who somebody is by the cookie of their browser; a token is never looked at."""
    admit = visit.doors.flows.gateways.admit_person
    at_hand = admit.at_once(host, presented)
    return at_hand if at_hand is not None else await visit.doors.lanes.main(admit, host, presented)


async def _by_token(visit: Visit, host: ProtectedHost, shown: str) -> Identity:
    """Return whom a bearer token lets in; a cookie is never looked at."""
    if shown[: len(_BEARER)].lower() != _BEARER:
        raise TokenRefused
    presented = shown[len(_BEARER) :].strip(" ")
    admit = visit.doors.flows.gateways.admit_token
    at_hand = admit.at_once(host, presented)
    return at_hand if at_hand is not None else await visit.doors.lanes.main(admit, host, presented)


def _cookie(visit: Visit, host: ProtectedHost) -> str | None:
    """Return what a browser holds for a host: on the issuer's own the session of the pages, elsewhere the host's."""
    cookies = cookies_of(visit.doors.issuer)
    return held(_jar(visit, cookies), cookies.sso if is_own(host, visit.doors.issuer) else cookies.gate)


def _lead(visit: Visit, asked: Asked) -> Response:
    """Return the way to the sign-in page, for a person who looks at a page.

    Raises: NotSignedIn.
    """
    if not is_navigation(asked, visit.headers):
        raise NotSignedIn
    doors, cookies = visit.doors, cookies_of(visit.doors.issuer)
    mark = held(_jar(visit, cookies), cookies.gate_mark) or encode(random_bytes(SECRET_BYTES))
    location = doors.flows.gateways.returns.begin(asked.host, asked.target, mark=mark, now=doors.clock.now())
    answer = RedirectResponse(location, _SEE_OTHER)
    cookies.set(answer, cookies.gate_mark, mark, lives_for=INTERACTION_LIVES_FOR)
    return answer


def _jar(visit: Visit, cookies: Cookies) -> dict[str, str]:
    try:
        return cookies.read(visit.header(b"cookie") or "")
    except CookieRepeated:
        raise CredentialsMixed from None
