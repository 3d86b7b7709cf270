"""Request objects: a request that the client signed, by value.

Source: RFC 9101; OpenID Connect Core 1.0 section 6.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue, Parsed
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.authorize.records import Values
from doorward.core.oauth.clients.rules import client_assertion
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.proofs.client_keys import ClientKeys
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules import strict_json

TYPES: Final = frozenset({"oauth-authz-req+jwt", "jwt", ""})
"""Many clients write the plain type or none (RFC 9101 section 10.8 leaves it to the server)."""

LEEWAY: Final = timedelta(seconds=30)
LONGEST_LIFE: Final = timedelta(hours=1)
_OF_THE_TOKEN: Final = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
_NOT_INSIDE: Final = frozenset({"request", "request_uri", "sub", "client_secret", "client_assertion"})
"""With `sub` it could be an assertion by which a client proves who it is (RFC 9101 section 10.8)."""


@dataclass(frozen=True, slots=True)
class RequestObjects:
    """Reads request objects: by a key of the client, for this issuer, and nothing that is outside of them counts."""

    keys: ClientKeys
    clock: Clock
    issuer: str

    def read(self, presented: str, client: Client) -> Values:
        """Return the parameters inside.

        Source: RFC 9101 sections 5, 6.2 and 6.3.
        Raises: OAuthError, whatever is wrong; NotFetched, when the keys of the client are not to be had.
        """
        try:
            parsed = jose.parse(presented, algorithms=tuple(Algorithm))
            _require_type(parsed)
            # What it says comes first, so that nobody has keys fetched for what would be refused anyway.
            self._require_claims(parsed.claims, client)
            if client_assertion.is_strict(client):
                self._require_profile(parsed)
            self._require_signature(parsed, client)
            return {name: _values(value) for name, value in parsed.claims.items() if name not in _OF_THE_TOKEN}
        except TokenRefused:
            raise OAuthError(OAuthCode.INVALID_REQUEST_OBJECT, "The request object cannot be taken.") from None

    def _require_signature(self, parsed: Parsed, client: Client) -> None:
        if not self.keys.signed(client, parsed):
            raise TokenRefused

    def _require_claims(self, claims: Mapping[str, JsonValue], client: Client) -> None:
        audience = claims.get("aud")
        if self.issuer not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused
        if claims.get("iss", client.id) != client.id or claims.get("client_id") != client.id:
            raise TokenRefused
        if not _NOT_INSIDE.isdisjoint(claims):
            raise TokenRefused
        self._require_time(claims)

    def _require_time(self, claims: Mapping[str, JsonValue]) -> None:
        now = self.clock.now()
        expires_at = jose.moment(claims, "exp")
        if not now - LEEWAY < expires_at <= now + LONGEST_LIFE + LEEWAY:
            raise TokenRefused
        if any(_is_ahead(claims, name, now) for name in ("nbf", "iat")):
            raise TokenRefused

    def _require_profile(self, parsed: Parsed) -> None:
        """Return when an object is what the FAPI profile allows: it says from when it counts, and for how long.

        Source: FAPI 2.0 Message Signing section 5.3.1; FAPI 2.0 Security Profile section 5.4.1.
        Raises: TokenRefused.
        """
        begins_at, expires_at = jose.moment(parsed.claims, "nbf"), jose.moment(parsed.claims, "exp")
        if parsed.algorithm not in client_assertion.STRICT_ALGORITHMS:
            raise TokenRefused
        if begins_at < self.clock.now() - LONGEST_LIFE or expires_at - begins_at > LONGEST_LIFE:
            raise TokenRefused


def _require_type(parsed: Parsed) -> None:
    """Return when a token may be a request object (RFC 8725 section 3.11).

    Raises: TokenRefused.
    """
    if parsed.type not in TYPES:
        raise TokenRefused


def _is_ahead(claims: Mapping[str, JsonValue], name: str, now: datetime) -> bool:
    return name in claims and jose.moment(claims, name) > now + LEEWAY


def _values(value: JsonValue) -> tuple[str, ...]:
    """Return a claim as the parameter that it stands for (RFC 9101 section 4)."""
    match value:
        case str():
            return (value,) if value else ()
        case bool() | float() | None:
            raise TokenRefused
        case int():
            return (str(value),)
        case [*texts] if texts and all(isinstance(text, str) for text in texts):
            return tuple(str(text) for text in texts)
        case _:
            return (strict_json.write(value),)
