"""What an application asks for at the token endpoint, and what it gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client


@dataclass(frozen=True, slots=True)
class Asked:
    """A token request of a client that has proven itself, or cannot.

    `parameters` are those of the form, each sent once and none of them empty. `key_thumbprint` is that of the key whose
    possession was proven with the request.
    """

    client: Client
    parameters: Mapping[str, str]
    key_thumbprint: str | None
    now: datetime

    def __repr__(self) -> str:
        return f"Asked(client={self.client.id!r})"

    def parameter(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises: OAuthError.
        """
        value = self.parameters.get(name)
        if value is None:
            raise OAuthError(OAuthCode.INVALID_REQUEST, f"The parameter {name} is missing.")
        return value


@dataclass(frozen=True, slots=True)
class Issued:
    """The tokens that answer a request. Never stored, never logged."""

    access_token: str
    token_type: str
    expires_in: timedelta
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
    details: str | None = None
    issued_token_type: str | None = None

    def __repr__(self) -> str:
        return f"Issued(scope={self.scope!r})"


Grants = Callable[[Asked], Issued]
"""A flow that answers one grant type.

Raises: OAuthError, Unavailable.
"""


def refused() -> OAuthError:
    """Return how a code, a refresh token or another grant is refused that does not hold, whatever the reason."""
    return OAuthError(OAuthCode.INVALID_GRANT, "The grant is not valid: unknown, expired, used, or of somebody else.")
