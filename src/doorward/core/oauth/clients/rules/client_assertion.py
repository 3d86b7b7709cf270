"""What the assertion of a client must say to be believed, once its signature is good.

Source: RFC 7523 section 3; OpenID Connect Core 1.0 section 9; FAPI 2.0 Security Profile section 5.3.2.1.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.secrets import mac
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue, Parsed, moment, text
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.records import Client

TYPES: Final = frozenset({"", "jwt", "client-authentication+jwt"})
"""How an assertion may call itself; no other kind of token is ever taken for one (RFC 8725 section 3.11)."""

LEEWAY: Final = timedelta(seconds=30)
LONGEST_LIFE: Final = timedelta(minutes=5)
LONGEST_ID: Final = 256
STRICT_ALGORITHMS: Final = frozenset({Algorithm.PS256, Algorithm.ES256, Algorithm.EDDSA})
"""FAPI 2.0 Security Profile section 5.4.1."""


@dataclass(frozen=True, slots=True)
class Spending:
    """By what an assertion is remembered so that it is taken once, and until when it could be taken at all."""

    digest: bytes
    until: datetime


def is_strict(client: Client) -> bool:
    """Tell whether a client is held to the FAPI 2.0 Security Profile: it pushes its requests and binds its tokens."""
    return client.requires_pushed_request and client.requires_dpop


def check(assertion: Parsed, client: Client, *, issuer: str, endpoints: Collection[str], now: datetime) -> Spending:
    """Return how an assertion is spent, if it is about this client, for us and for now.

    Raises: TokenRefused.
    """
    claims = assertion.claims
    if assertion.type not in TYPES or text(claims, "iss") != client.id or text(claims, "sub") != client.id:
        raise TokenRefused
    if is_strict(client) and (assertion.algorithm not in STRICT_ALGORITHMS or claims.get("aud") != issuer):
        raise TokenRefused
    if not _is_for_us(claims.get("aud"), {issuer, *endpoints}):
        raise TokenRefused
    expires_at = moment(claims, "exp")
    begins = [moment(claims, name) for name in ("iat", "nbf") if name in claims]
    if not now - LEEWAY < expires_at <= now + LONGEST_LIFE + LEEWAY or any(at > now + LEEWAY for at in begins):
        raise TokenRefused
    token_id = text(claims, "jti")
    if not 0 < len(token_id) <= LONGEST_ID:
        raise TokenRefused
    spelled = token_id.encode("utf-8", "surrogatepass")
    return Spending(mac(b"client assertion", client.id.encode(), spelled), expires_at + LEEWAY)


def _is_for_us(audience: JsonValue, ours: Collection[str]) -> bool:
    """Tell whether the token is for us, and for nobody else besides (RFC 8725 section 3.9)."""
    named = audience if isinstance(audience, list) else [audience]
    return bool(named) and all(isinstance(each, str) and each in ours for each in named)
