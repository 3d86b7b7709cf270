"""What a gateway says of the request that it asks about: for which host, by which method, and where it leads.

There are two dialects, of which a request speaks one: nginx's `auth_request` sends X-Original-URL and
X-Original-Method, Traefik and Caddy send X-Forwarded-Method, -Proto, -Host and -Uri. Each gateway sets every field of
its own dialect, so whatever a client sends along is overwritten, or makes two dialects and is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from doorward.api.gateways.identity import NAMES
from doorward.api.gateways.refusals import (
    ForwardedUnreadable,
    GatewayNotTrusted,
    HostNotProtected,
    PathOfOurs,
)
from doorward.api.visit import Visit
from doorward.core.oauth.gateways.records import ProtectedHost, origin_of

URL: Final = b"x-original-url"
ORIGINAL_METHOD: Final = b"x-original-method"
PROTO: Final = b"x-forwarded-proto"
HOST: Final = b"x-forwarded-host"
PATH: Final = b"x-forwarded-uri"
METHOD: Final = b"x-forwarded-method"

LONGEST_TARGET: Final = 1024
"""How long an address may be that somebody is led back to; past it they come back to the host's first page."""

_NOT_NGINX: Final = frozenset({HOST, PATH, METHOD})
_SPOKEN: Final = (URL, ORIGINAL_METHOD, HOST, PATH, METHOD)
_GUARDED_NAMES: Final = NAMES | frozenset({*_SPOKEN, PROTO})
_PLAIN: Final = b"abcdefghijklmnopqrstuvwxyz0123456789-"
_DASHED: Final = bytes(code if code in _PLAIN else ord("-") for code in range(256))
_SCHEMES: Final[Mapping[str, str]] = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_URL: Final = re.compile(r"(https?)://([^/?#\s]+)(/\S*)?")
_METHOD: Final = re.compile(r"[A-Z]{1,20}")
_PATH: Final = re.compile(r"/(?!/)[!-~]*")
_UNSAFE: Final = re.compile(r"[\\\"<>^`{|}#]")

SIGNING_IN: Final = ("/sign-in", "/oauth", "/consent", "/register", "/verify", "/forgot", "/reset", "/unlock", "/setup")
"""Where people are on their way to a session: who must have one before could never get there."""

OWN: Final = "/forward-auth"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a gateway asks about; `takes_redirects`: it passes on any answer."""

    host: ProtectedHost
    method: str
    path: str
    takes_redirects: bool

    @property
    def target(self) -> str:
        """The whole address that somebody is led back to: the host's first page, where that one is strange."""
        is_plain = _PATH.fullmatch(self.path) and not _UNSAFE.search(self.path)
        address = f"{self.host.origin}{self.path}"
        return address if is_plain and len(address) <= LONGEST_TARGET else f"{self.host.origin}/"


def read(visit: Visit) -> Asked:
    """Return what a trusted gateway asks about.

    Raises: GatewayNotTrusted, ForwardedUnreadable, HostNotProtected, PathOfOurs.
    """
    if not visit.is_from_proxy:
        raise GatewayNotTrusted
    _require_dashes(visit.headers)
    is_nginx = URL in visit.headers or ORIGINAL_METHOD in visit.headers
    origin, path, method = _as_nginx(visit) if is_nginx else _as_traefik(visit)
    if not _METHOD.fullmatch(method):
        raise ForwardedUnreadable
    host = visit.doors.flows.gateways.hosts.get(origin)
    if host is None:
        raise HostNotProtected
    _require_guarded(path, host, visit.doors.issuer)
    return Asked(host, method, path, takes_redirects=not is_nginx)


def is_navigation(asked: Asked, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a person looks at what comes back: only they are led to the sign-in page.

    Scripts, preflights, sockets, frames, things fetched ahead, and whatever changes something get a plain refusal.
    Source: W3C Fetch Metadata Request Headers section 2.
    """
    if asked.method != "GET" or any(name in headers for name in (b"authorization", b"upgrade", b"sec-purpose")):
        return False
    mode = headers.get(b"sec-fetch-mode")
    if mode is not None:
        return mode == b"navigate" and headers.get(b"sec-fetch-dest", b"document") == b"document"
    return b"text/html" in headers.get(b"accept", b"") and b"x-requested-with" not in headers


def _as_nginx(visit: Visit) -> tuple[str, str, str]:
    """Return origin, path and method. Fields of the other dialect can only come from the client."""
    if not _NOT_NGINX.isdisjoint(visit.headers):
        raise ForwardedUnreadable
    found = _URL.fullmatch(visit.header(URL) or "")
    if found is None:
        raise ForwardedUnreadable
    return f"{found[1]}://{found[2].lower()}", found[3] or "/", visit.header(ORIGINAL_METHOD) or ""


def _as_traefik(visit: Visit) -> tuple[str, str, str]:
    scheme = _SCHEMES.get(visit.header(PROTO) or "")
    host, path = visit.header(HOST), visit.header(PATH)
    if scheme is None or not host or not path:
        raise ForwardedUnreadable
    return f"{scheme}://{host.lower()}", path, visit.header(METHOD) or ""


def _require_dashes(headers: Mapping[bytes, bytes]) -> None:
    """Return when no field looks like one that counts but for signs that many applications take for dashes."""
    if not b"".join(headers).translate(None, _PLAIN):
        return
    if any(dashed != name and dashed in _GUARDED_NAMES for name in headers if (dashed := name.translate(_DASHED))):
        raise ForwardedUnreadable


def _require_guarded(path: str, host: ProtectedHost, issuer: str) -> None:
    """Return when a gateway may ask about a path: not one that people need before they are signed in."""
    plain = path.partition("?")[0]
    if "%" in plain:
        plain = unquote(plain)
    if f"{plain}/".startswith(_ours(host.origin, issuer)):
        raise PathOfOurs


@lru_cache(maxsize=64)
def _ours(origin: str, issuer: str) -> tuple[str, ...]:
    """Return what paths of a host begin with that are not guarded, each with a slash at its end."""
    if origin != origin_of(issuer):
        return (f"{OWN}/",)
    prefix = issuer.removeprefix(origin)
    return tuple(f"{prefix}{each}/" for each in (OWN, *SIGNING_IN))
