"""Deciding whether one may."""

import re
from collections.abc import Collection
from typing import Final

from doorward.core.access.errors import AccessDenied
from doorward.core.access.records import OPERATOR, Scope
from doorward.core.kernel.errors import Invalid

_ROLE: Final = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")

_FIRST_PARTY: Final = frozenset(Scope)


def check_role(name: str, *, pointer: str) -> str:
    """Return a role's name: at most 64 lower-case letters, digits and `_.:-`, beginning with a letter.

    Raises: Invalid.
    """
    if not _ROLE.fullmatch(name):
        raise Invalid(pointer, "Use up to 64 lower-case letters, digits and _ . : -, beginning with a letter.")
    return name


def scopes_of(roles: Collection[str]) -> str:
    """Return the scopes that a first-party session of an account with `roles` has, as a scope string."""
    scopes = [Scope.ACCOUNT, Scope.OPERATE] if OPERATOR in roles else [Scope.ACCOUNT]
    return " ".join(scopes)


def narrowed(granted: str, *, roles: Collection[str]) -> str:
    """Return what is left of the scope that a session was granted, given the roles that its account has now.

    A role that was taken away is gone at once; one that was added counts from the next sign-in on, since a session's
    scope never widens (RFC 6749 section 6).
    """
    allowed = scopes_of(roles).split(" ")
    return " ".join(scope for scope in granted.split(" ") if scope in allowed)


def of_client(granted: str) -> str:
    """Return what is left of the scope that a client was granted: what first-party sessions are for is not among it.

    No role of the account adds to it or takes from it; what a client may ask for is decided before it is granted.
    """
    return " ".join(scope for scope in granted.split(" ") if scope not in _FIRST_PARTY)


def require_role(role: str, *, held: Collection[str]) -> None:
    """Return when `role` is among those held.

    Raises: AccessDenied.
    """
    if role not in held:
        raise AccessDenied


def require_scope(scope: Scope, *, granted: str) -> None:
    """Return when the scope string `granted` has `scope` (RFC 6749 section 3.3).

    Raises: AccessDenied.
    """
    if scope not in granted.split(" "):
        raise AccessDenied
