"""What an application learns of a person: by the scopes that were granted, and by what it asks for by name.

Source: OpenID Connect Core 1.0 sections 5.1, 5.4 and 5.5.
"""

import json
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.rules.scopes import EMAIL, PROFILE, ROLES
from doorward.core.sessions.records import Profile

Place = Literal["userinfo", "id_token"]

BY_SCOPE: Final[Mapping[str, Mapping[str, Callable[[Profile], JsonValue]]]] = MappingProxyType(
    {
        PROFILE: {
            "preferred_username": lambda profile: profile.username,
            "updated_at": lambda profile: int(profile.updated_at.timestamp()),
        },
        EMAIL: {"email": lambda profile: profile.email, "email_verified": lambda profile: profile.is_verified},
        ROLES: {"roles": lambda profile: list(profile.roles)},
    }
)
"""Every claim about a person by the scope that it belongs to."""

CLAIMS: Final = tuple(name for claims in BY_SCOPE.values() for name in claims)

RESERVED: Final = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "azp", "nonce", "auth_time", "acr", "amr", "at_hash", "c_hash"}
    | {"s_hash", "sid", "events", "cnf", "act", "may_act", "client_id", "scope", "typ", "authorization_details"}
)
"""Claims that say what a token is. Nothing about a person, and nothing that is asked for, ever takes their place."""


def claims_of(scopes: Collection[str]) -> frozenset[str]:
    """Return the names of the claims that belong to some scopes."""
    return frozenset(name for scope in scopes for name in BY_SCOPE.get(scope, ()))


def scopes_of(claims: Collection[str]) -> tuple[str, ...]:
    """Return the scopes that some claims belong to."""
    return tuple(scope for scope, names in BY_SCOPE.items() if not names.keys().isdisjoint(claims))


def by_scope(profile: Profile, *, scopes: Collection[str]) -> dict[str, JsonValue]:
    """Return what the scopes tell of a person."""
    return {
        name: tell(profile) for scope, claims in BY_SCOPE.items() if scope in scopes for name, tell in claims.items()
    }


def by_name(profile: Profile, *, scopes: Collection[str], names: Collection[str]) -> dict[str, JsonValue]:
    """Return the claims that are asked for by name and were allowed, of those that belong to the client's `scopes`."""
    return {name: value for name, value in by_scope(profile, scopes=scopes).items() if name in names}


def asked_for(claims: str | None, place: Place) -> frozenset[str]:
    """Return the names that the `claims` parameter of a request asks for in one place.

    Whatever is not understood is left out, as the specification wants it (OpenID Connect Core 1.0 section 5.5).
    """
    if claims is None:
        return frozenset()
    try:
        asked = json.loads(claims)
    except (ValueError, RecursionError):
        return frozenset()
    members = asked.get(place) if isinstance(asked, dict) else None
    return frozenset(members) if isinstance(members, dict) else frozenset()


def around(reserved: Mapping[str, JsonValue], about: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the claims of a token: those that say what it is, and of those about a person what is not reserved."""
    return {name: value for name, value in about.items() if name not in RESERVED} | dict(reserved)
