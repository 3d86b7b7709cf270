"""What a proof of possession must be: the checks of RFC 9449 section 4.3, in their order.

The header field may come once, which is the door's to see (check 1); whether a proof was seen before is the store's
(section 11.1).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from doorward.core.kernel.secrets import digest, same
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import DPOP_TYPE, Parsed
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce

ALGORITHMS: Final = (Algorithm.ES256, Algorithm.EDDSA, Algorithm.PS256, Algorithm.RS256)
"""What a proof may be signed with: asymmetric algorithms alone."""

YOUNGEST: Final = timedelta(seconds=30)
"""How far ahead of ours the clock of whoever made a proof may be."""

OLDEST: Final = timedelta(seconds=60)
"""How old a proof may be."""

_TOKEN_ID: Final = re.compile(r"[\x21-\x7e]{1,128}")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}

Verifies = Callable[[Algorithm, str, bytes, bytes], bool]
"""Tells whether a signature is that of a message, given algorithm, public key, message and signature."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a proof must be about. `access_token` is the one that it comes with; None where tokens are asked for."""

    method: str
    url: str
    access_token: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds. `thumbprint` is that of its key; `seen_as` is what it is remembered by, until `until`."""

    thumbprint: str
    seen_as: bytes
    until: datetime


def read(
    presented: str, expected: Expected, *, verifies: Verifies, knows_nonce: Callable[[str | None], bool], now: datetime
) -> Proof:
    """Return a proof that holds at `now`, as far as can be told without a store.

    Raises: OAuthError.
    """
    try:
        parsed = _signed(presented, verifies)
        token_id, issued_at = jose.text(parsed.claims, "jti"), jose.moment(parsed.claims, "iat")
        nonce = jose.text(parsed.claims, "nonce") if "nonce" in parsed.claims else None
        thumbprint = jose.thumbprint(parsed.jwk or {})
        is_about_this = _is_about(parsed, expected)
    except TokenRefused:
        raise refused() from None
    if not is_about_this or not _TOKEN_ID.fullmatch(token_id) or not -YOUNGEST <= now - issued_at <= OLDEST:
        raise refused()
    if not knows_nonce(nonce):
        raise UseNonce
    seen_as = digest(f"{thumbprint}.{token_id}".encode())
    return Proof(thumbprint, seen_as, issued_at + OLDEST + timedelta(seconds=1))


def refused() -> OAuthError:
    """Return how a proof is refused that does not hold."""
    return OAuthError(OAuthCode.INVALID_DPOP_PROOF, "The proof of possession does not hold for this request.")


def _signed(presented: str, verifies: Verifies) -> Parsed:
    """Return a proof taken apart, whose signature is by the key that it brings along.

    Raises: TokenRefused.
    """
    parsed = jose.parse(presented, algorithms=ALGORITHMS)
    if parsed.type != DPOP_TYPE or parsed.jwk is None:
        raise TokenRefused
    public = jose.public_key(parsed.jwk, parsed.algorithm)
    if not verifies(parsed.algorithm, public, parsed.signed, parsed.signature):
        raise TokenRefused
    return parsed


def _is_about(parsed: Parsed, expected: Expected) -> bool:
    method, url = jose.text(parsed.claims, "htm"), jose.text(parsed.claims, "htu")
    if method != expected.method or _plain(url) != _plain(expected.url):
        return False
    if expected.access_token is None:
        return True
    ath = jose.b64url_encode(digest(expected.access_token.encode()))
    return same(jose.text(parsed.claims, "ath").encode(), ath.encode())


def _plain(url: str) -> tuple[str, str, int | None, str] | None:
    """Return what two spellings of one address share: no query, no fragment, no default port, host in lower case.

    Source: RFC 9449 section 4.3 (number 9); RFC 3986 sections 6.2.2 and 6.2.3.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or parts.username is not None or not parts.hostname:
        return None
    return (parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], parts.path or "/")
