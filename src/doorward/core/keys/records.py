"""What a signing key is, and what an access token says."""

from datetime import datetime
from enum import StrEnum

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId, KeyId, SessionId


class Algorithm(StrEnum):
    """The signature algorithms that Doorward signs with; one key serves exactly one.

    Source: RFC 8725 section 3.1.
    """

    ES256 = "ES256"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair: published from `created_at`, signing from `signs_from` to `signs_until`, verifying until `ends_at`.

    `public_jwk` is the public half as JSON (RFC 7517); `sealed_private` opens only with the deployment's own key.
    """

    id: KeyId
    algorithm: Algorithm
    public_jwk: str
    sealed_private: bytes
    created_at: datetime
    signs_from: datetime
    signs_until: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The claims of an access token. `audience` is exactly one resource.

    Source: RFC 9068 section 2.2.
    """

    issuer: str
    subject: AccountId
    audience: str
    client_id: str
    session_id: SessionId
    token_id: str
    scope: str
    issued_at: datetime
    expires_at: datetime
    authenticated_at: datetime
