"""Where gateways ask whether to let a request through."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.gateways.forwarded import Asked, is_navigation, read
from doorward.api.gateways.identity import Admitted
from doorward.api.gateways.refusals import CredentialsMixed
from doorward.api.gateways.told import FORBIDDEN, told_at
from doorward.api.refusals import CookieRepeated
from doorward.api.thin import ThinRoute
from doorward.api.v1.web.cookies import Cookies, cookies_of, held
from doorward.api.visit import Visit
from doorward.core.kernel.secrets import SECRET_BYTES, encode, random_bytes
from doorward.core.keys.errors import TokenRefused
from doorward.core.oauth.gateways.errors import HostForbidden
from doorward.core.oauth.gateways.records import Identity, ProtectedHost, is_own
from doorward.core.oauth.records import INTERACTION_LIVES_FOR
from doorward.core.sessions.errors import NotSignedIn

hot = APIRouter(tags=[RouteClass.GATEWAY], route_class=ThinRoute)

_BEARER: Final = "bearer "
_SEE_OTHER: Final = 303

_SAID: Final[dict[int | str, dict[str, object]]] = {
    200: {"description": "The request may pass; the header fields say whose it is."},
    303: {"description": "Somebody who looks at a page is to sign in first, or is told that they may not come in."},
    401: {"description": "Nobody is signed in, or the token is not good here."},
    403: {"description": "Whoever asks may not come in, or the gateway is not set up right."},
}
_LED: Final[dict[int | str, dict[str, object]]] = {status: _SAID[status] for status in (303, 401, 403)}


@hot.get("/forward-auth", response_class=Response, responses=_SAID)
async def check_request(request: Request) -> Response:
    """Tell a gateway whether a request may pass, and whose it is. Asking changes nothing."""
    visit = Visit.of(request.scope)
    asked = read(visit)
    try:
        admitted = Admitted(await _identity(visit, asked.host))
    except (NotSignedIn, HostForbidden) as refusal:
        if not asked.takes_redirects:
            raise
        return _lead(visit, asked, refusal)
    visit.is_verdict = True
    return admitted


@hot.get("/forward-auth/sign-in", response_class=Response, responses=_LED)
async def lead_to_sign_in(request: Request) -> Response:
    """Answer in place of a gateway that cannot pass on where to go, after it was told that a request may not pass."""
    visit = Visit.of(request.scope)
    asked = read(visit)
    try:
        await _identity(visit, asked.host)
    except HostForbidden as refusal:
        return _lead(visit, asked, refusal)
    except NotSignedIn:
        pass
    return _lead(visit, asked, NotSignedIn())


async def _identity(visit: Visit, host: ProtectedHost) -> Identity:
    """Return who somebody is by a cookie or by a token: one of the two, and never both.

    Raises: CredentialsMixed, NotSignedIn, HostForbidden, TokenRefused, ScopeMissing, Unavailable.
    """
    cookie, shown = _cookie(visit, host), visit.header(b"authorization")
    if cookie is not None and shown is not None:
        raise CredentialsMixed
    if shown is not None:
        return await _by_token(visit, host, shown)
    if cookie is None:
        raise NotSignedIn
    return await _by_session(visit, host, cookie)


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


def _lead(visit: Visit, asked: Asked, refusal: NotSignedIn | HostForbidden) -> Response:
    """Return the way to the sign-in page, or to the one that says who may come in, for a person who looks at a page.

    Raises: the refusal, to everybody else.
    """
    if not is_navigation(asked, visit.headers):
        raise refusal
    doors = visit.doors
    if isinstance(refusal, HostForbidden):
        doors.watch.refused(refusal.code, reason="", route=visit.route, request_id=visit.request_id)
        return RedirectResponse(told_at(doors.issuer, FORBIDDEN, asked.host), _SEE_OTHER)
    cookies = cookies_of(doors.issuer)
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
