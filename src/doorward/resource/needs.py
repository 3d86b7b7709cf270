"""What a route or function may ask of the token that a request brings along."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.core.keys.records import AccessToken
from doorward.resource.errors import BEARER, DPOP, RoleMissing, ScopeMissing, SignInNeeded


@dataclass(frozen=True, slots=True)
class Needs:
    """What is asked for; all of it must hold.

    `scope` lists scopes that the token must all have, `role` is one that its subject must have, `fresh` how long ago
    the sign-in may be, `acr` which authentication contexts will do (RFC 9470).
    """

    scope: tuple[str, ...] = ()
    role: str | None = None
    fresh: timedelta | None = None
    acr: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        scope: str | Collection[str] = (),
        role: str | None = None,
        fresh: timedelta | None = None,
        acr: str | Collection[str] = (),
    ) -> "Needs":
        """Return what is asked for, of scope strings or lists of scopes."""
        return cls(_words(scope), role, fresh, _words(acr))

    def check(self, token: AccessToken, now: datetime) -> None:
        """Return when the token is enough.

        Raises: ScopeMissing, RoleMissing, SignInNeeded.
        """
        scheme = BEARER if token.key_thumbprint is None else DPOP
        granted = token.scope.split(" ")
        if not all(scope in granted for scope in self.scope):
            raise ScopeMissing(" ".join(self.scope), scheme=scheme)
        if self.role is not None and self.role not in token.roles:
            raise RoleMissing(scheme=scheme)
        if not self._is_recent(token, now) or not self._is_strong(token):
            raise SignInNeeded(max_age=self.fresh, acr=" ".join(self.acr) or None, scheme=scheme)

    def _is_recent(self, token: AccessToken, now: datetime) -> bool:
        if self.fresh is None:
            return True
        return token.authenticated_at is not None and now - token.authenticated_at <= self.fresh

    def _is_strong(self, token: AccessToken) -> bool:
        return not self.acr or token.acr in self.acr


def _words(listed: str | Collection[str]) -> tuple[str, ...]:
    return tuple(listed.split()) if isinstance(listed, str) else tuple(listed)
