"""The claims that a token's meaning stands on, which nothing that an operator or a client adds may take.

Source: RFC 7519 section 4.1; RFC 9068 section 2.2; OpenID Connect Core 1.0 section 2; RFC 8693 section 4.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

ValueT = TypeVar("ValueT")

_OF_TOKENS: Final = (
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "azp",
    "typ",
    "token_type",
    "active",
    "events",
)
_OF_SIGN_INS: Final = ("auth_time", "acr", "amr", "nonce", "at_hash", "c_hash", "s_hash", "cnf", "act", "may_act")
_OF_RIGHTS: Final = ("client_id", "scope", "roles", "groups", "entitlements", "authorization_details")
_OF_PEOPLE: Final = ("email", "email_verified", "username", "preferred_username")

RESERVED: Final = frozenset((*_OF_TOKENS, *_OF_SIGN_INS, *_OF_RIGHTS, *_OF_PEOPLE))
"""What the server alone says."""


def without_reserved(claims: Mapping[str, ValueT]) -> dict[str, ValueT]:
    """Return the claims that may be added to those of the server; reserved ones are left out, in any case."""
    return {name: value for name, value in claims.items() if name.strip().lower() not in RESERVED}
