"""Scopes and resources: what is asked for, and what is left of it.

Source: RFC 6749 section 3.3; RFC 8707 section 2.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from doorward.core.access.records import Scope
from doorward.core.oauth.errors import OAuthCode, OAuthError

OPENID: Final = "openid"
PROFILE: Final = "profile"
EMAIL: Final = "email"
ROLES: Final = "roles"
OFFLINE: Final = "offline_access"

MOST_SCOPES: Final = 32
LONGEST_SCOPE: Final = 128
FIRST_PARTY: Final = frozenset(scope.value for scope in Scope)
"""What our own sessions are good for: no application ever has it."""

_SCOPE: Final = re.compile(rf"[\x21\x23-\x5b\x5d-\x7e]{{1,{LONGEST_SCOPE}}}")


def split(scope: str) -> tuple[str, ...]:
    """Return the scopes in a scope string, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, scope.split(" "))))


def join(scopes: Iterable[str]) -> str:
    """Return the scope string of some scopes, each once, in their order."""
    return " ".join(dict.fromkeys(scopes))


def read(presented: str) -> tuple[str, ...]:
    """Return the scopes in a presented scope string.

    Raises: OAuthError, when it is none, or too long.
    """
    found = split(presented)
    if len(found) > MOST_SCOPES or not all(_SCOPE.fullmatch(scope) for scope in found):
        raise OAuthError(OAuthCode.INVALID_SCOPE, "The scope is malformed or too long.")
    return found


def narrow(presented: str | None, *, granted: Collection[str]) -> tuple[str, ...]:
    """Return the scopes for one token: all that were granted, or those of them that are asked for.

    Source: RFC 6749 section 6.
    Raises: OAuthError, when more is asked for than was granted.
    """
    if presented is None:
        return tuple(granted)
    wanted = read(presented)
    if not wanted or not set(wanted) <= set(granted):
        raise OAuthError(OAuthCode.INVALID_SCOPE, "The scope is wider than what was granted.")
    return wanted


def allowed(presented: str | None, *, registered: Collection[str]) -> tuple[str, ...]:
    """Return the scopes that a client gets for itself: those that it asks for, or all that are registered for it.

    What is about a person (`openid` and its kin) is left out: there is nobody behind the token.
    Raises: OAuthError, when it asks for one that is not registered.
    """
    open_to_it = [scope for scope in registered if scope not in _NOT_OF_CLIENTS]
    return narrow(presented, granted=open_to_it)


ABOUT_PEOPLE: Final = frozenset({OPENID, PROFILE, EMAIL, ROLES, OFFLINE, "address", "phone"})
"""Scopes that say something of a person, or of their session (OpenID Connect Core 1.0 sections 5.4 and 11)."""

_NOT_OF_CLIENTS: Final = FIRST_PARTY | ABOUT_PEOPLE


def audience(presented: str | None, *, granted: Collection[str], default: str) -> str:
    """Return the one audience of a token: the resource that is asked for, or the only one that was granted.

    Where none was granted, it is the `default`, and that may be asked for by its name too. An ambiguous audience is
    refused (RFC 9068 section 3).
    Raises: OAuthError, when another one is asked for, or one must be named.
    """
    if presented is not None:
        if presented not in granted and presented != default:
            raise OAuthError(OAuthCode.INVALID_TARGET, "The resource is not one that was granted.")
        return presented
    if len(granted) > 1:
        raise OAuthError(OAuthCode.INVALID_TARGET, "Several resources were granted: name the one for this token.")
    return next(iter(granted), default)


WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        OPENID: "Know that it is you, by a number that stands for your account",
        PROFILE: "See your username",
        EMAIL: "See your e-mail address",
        ROLES: "See which roles your account has",
        OFFLINE: "Keep this access when you are not there, until you take it back",
        "address": "See your postal address",
        "phone": "See your telephone number",
    }
)
"""What each scope of the specifications lets a client do."""


def words(scope: str, *, own: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the sentence for a scope; `own` are the sentences of the deployment. One that has none is named as it is.

    A sentence of the deployment never takes the place of one of the table, so that no application understates itself.
    """
    return WORDS.get(scope) or own.get(scope) or f"Use “{scope}” of your applications"
