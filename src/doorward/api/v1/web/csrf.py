"""Telling our own pages' requests from those that other sites make a browser send.

Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet; W3C Fetch Metadata Request Headers.
"""

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.refusals import CsrfFailed, CsrfReason
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.versions import in_first
from doorward.api.visit import Visit
from doorward.core.kernel.secrets import mac, random_bytes, same
from doorward.core.keys.errors import TokenRefused
from doorward.core.sessions.issue import audience_of
from doorward.core.sessions.records import Kind

HEADER: Final = b"x-csrf-token"
BY_SCRIPT: Final = b"x-doorward-spa"
FIELD: Final = "csrf_token"
SESSION_ROUTES: Final = ("/v1/web/", "/account", "/console", "/sign-out")
"""Where every route needs a session, as these are in the first version."""

BEGUN_ELSEWHERE: Final = frozenset({"/oauth/authorize", "/oauth/logout", "/sign-in/with/{provider_id}/callback"})
"""Pages to which other sites send people with a form. What it brings counts for nothing by itself: it is kept and asked
about, or it counts together with a cookie that this browser got for it (OpenID Connect Core 1.0 section 3.1.2.1)."""

_CONTEXT: Final = b"csrf1"
_RANDOM_BYTES: Final = 16
_MAC_BYTES: Final = 32
_PRE_SESSION_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Bound:
    """What a token is bound to: the id of a session, or that of a pre-session."""

    id: str
    is_session: bool


def mint(key: bytes, bound_id: str) -> str:
    """Return a fresh token that is good together with the session, or pre-session, of that id alone."""
    chance = random_bytes(_RANDOM_BYTES)
    return f"{_encode(chance)}.{_encode(_seal(key, bound_id, chance))}"


def is_good(key: bytes, bound_id: str, presented: str) -> bool:
    """Tell whether a presented token is bound to that id."""
    first, _, second = presented.partition(".")
    chance, seal = _decode(first), _decode(second)
    if chance is None or seal is None or len(chance) != _RANDOM_BYTES or len(seal) != _MAC_BYTES:
        return False
    return same(seal, _seal(key, bound_id, chance))


def new_pre_session() -> str:
    """Return the id of a new pre-session: what tokens are bound to before anybody has signed in."""
    return _encode(random_bytes(_PRE_SESSION_BYTES))


def bound_to(visit: Visit) -> Bound | None:
    """Return what this browser's tokens are bound to; None when it has neither a session nor a pre-session.

    On a page the pages' own cookie names the session; elsewhere the access token does, or when that has expired the
    refresh token, where the browser sends it. No store is asked: whether the session lives is the route's question.
    """
    cookies = cookies_of(visit.doors.issuer)
    is_page = visit.facts is not None and visit.facts.kind is RouteClass.PAGE
    session_id = _session_of_pages(visit) if is_page else _session_of_web(visit)
    if session_id:
        return Bound(session_id, is_session=True)
    pre = held(visit.jar, cookies.pre)
    return Bound(pre, is_session=False) if pre and _is_pre_session(pre) else None


def require_same_origin(visit: Visit) -> None:
    """Return when the browser says that the request comes from our own origin.

    Raises: CsrfFailed.
    """
    site = visit.header(b"sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise CsrfFailed(CsrfReason.CROSS_SITE)
        return
    origin = visit.header(b"origin")
    if origin is None:
        raise CsrfFailed(CsrfReason.ORIGIN_MISSING)
    if origin != origin_of(visit.doors.issuer) and origin not in visit.doors.cors_origins:
        raise CsrfFailed(CsrfReason.ORIGIN_NOT_ALLOWED)


def require_script(visit: Visit) -> None:
    """Return when a script of an origin that can be told sent the request.

    A form or a link cannot set the header field, and a script of another origin is asked about it first. Whether the
    origin is one of the client's, the flow finds out.
    Source: OAuth 2.0 for Browser-Based Applications section 6.1.3.3.3.
    Raises: CsrfFailed.
    """
    origin = visit.header(b"origin")
    if origin is None:
        raise CsrfFailed(CsrfReason.ORIGIN_MISSING)
    if origin == "null":
        raise CsrfFailed(CsrfReason.ORIGIN_NOT_ALLOWED)
    if visit.header(BY_SCRIPT) != "1":
        raise CsrfFailed(CsrfReason.HEADER_MISSING)


def require_token(visit: Visit, bound: Bound | None) -> None:
    """Return when the request carries a token that is bound to this browser's session or pre-session.

    Raises: CsrfFailed.
    """
    if bound is None:
        raise CsrfFailed(CsrfReason.SESSION_MISSING)
    presented = visit.header(HEADER) or (visit.form or {}).get(FIELD)
    if not presented:
        raise CsrfFailed(CsrfReason.TOKEN_MISSING)
    if not is_good(visit.doors.csrf_key, bound.id, presented):
        raise CsrfFailed(CsrfReason.TOKEN_INVALID)


def has_nothing_to_forge(visit: Visit, bound: Bound | None) -> bool:
    """Tell whether the route only serves sessions and this browser has none, so that the route refuses it anyway.

    An expired session is then answered as one, which a client mends by refreshing, and not as a forgery.
    """
    is_for_sessions = visit.facts is not None and in_first(visit.facts.path).startswith(SESSION_ROUTES)
    return is_for_sessions and (bound is None or not bound.is_session)


@lru_cache(maxsize=16)
def origin_of(issuer: str) -> str:
    """Return the origin of an issuer's address."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


def _is_pre_session(presented: str) -> bool:
    """Tell whether this has the shape of a pre-session; no session has it, so a token for one never does for both."""
    return len(_decode(presented) or b"") == _PRE_SESSION_BYTES


def _session_of_pages(visit: Visit) -> str | None:
    presented = held(visit.jar, cookies_of(visit.doors.issuer).sso)
    doors = visit.doors
    return doors.flows.recognise.pages.open(presented, now=doors.clock.now()) if presented else None


def _session_of_web(visit: Visit) -> str | None:
    doors, cookies = visit.doors, cookies_of(visit.doors.issuer)
    access, refresh = held(visit.jar, cookies.access), held(visit.jar, cookies.refresh)
    return (access and _session_of(doors, access)) or (refresh and _family_of(doors, refresh)) or None


def _session_of(doors: Doors, access_token: str) -> str | None:
    keyring = doors.flows.keyring
    try:
        return keyring.read(access_token, audience_of(Kind.WEB, keyring.issuer)).session_id
    except TokenRefused:
        return None


def _family_of(doors: Doors, refresh_token: str) -> str | None:
    opened = doors.flows.refresh.tokens.open(refresh_token)
    return opened.session_id if opened else None


def _seal(key: bytes, bound_id: str, chance: bytes) -> bytes:
    return mac(key, _CONTEXT, bound_id.encode(), chance)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if _encode(raw) == text else None
