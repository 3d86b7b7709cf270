"""What a request brings along, as far as tokens go; and the token that a request was found to bring, while it lasts.

Source: RFC 6750 section 2; RFC 9449 section 7.1.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from doorward.core.keys.records import AccessToken
from doorward.resource.errors import BEARER, DPOP, RequestMalformed, TokenMissing

_SCHEMES: Final = {BEARER.lower(): BEARER, DPOP.lower(): DPOP}
_CURRENT: ContextVar[AccessToken | None] = ContextVar("doorward_access_token", default=None)


@dataclass(frozen=True, slots=True)
class Presented:
    """The fields of a request that matter here, each as often as it was sent. `path` is as it stands on the wire."""

    authorization: Sequence[str]
    proofs: Sequence[str] = ()
    method: str = "GET"
    path: str = "/"
    query: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, and the scheme that it was presented by."""

    scheme: str
    token: str


def credentials(presented: Presented) -> Credentials:
    """Return the token of a request: from the field Authorization, and from nowhere else.

    Raises: TokenMissing, RequestMalformed.
    """
    if not presented.authorization:
        raise TokenMissing
    if len(presented.authorization) > 1 or _has_token(presented.query):
        raise RequestMalformed
    named, _, rest = presented.authorization[0].strip(" ").partition(" ")
    scheme = _SCHEMES.get(named.lower())
    if scheme is None:
        raise TokenMissing
    token = rest.lstrip(" ")
    if not token or " " in token or "," in token or "\t" in token:
        raise RequestMalformed(scheme=scheme)
    return Credentials(scheme, token)


def current_token() -> AccessToken:
    """Return the token of the request that is being answered.

    Raises: TokenMissing, outside a request whose token was checked.
    """
    token = _CURRENT.get()
    if token is None:
        raise TokenMissing
    return token


@contextmanager
def acting(token: AccessToken) -> Iterator[None]:
    """Make a token the current one for a while."""
    before = _CURRENT.set(token)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def _has_token(query: str) -> bool:
    """Tell whether a token stands in the query too, where it must not be and is never read (RFC 9700 section 4.3.2)."""
    return "access_token" in query and any(
        name == "access_token" for name, _ in parse_qsl(query, keep_blank_values=True)
    )
