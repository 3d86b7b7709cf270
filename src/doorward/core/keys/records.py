"""What a signing key is, and what an access token says."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import KeyId, SessionId


class Algorithm(StrEnum):
    """The signature algorithms that Doorward verifies; one key serves exactly one.

    Source: RFC 7518 section 3.1, RFC 8037 section 3.1; RFC 8725 section 3.1.
    """

    ES256 = "ES256"
    RS256 = "RS256"
    PS256 = "PS256"
    EDDSA = "EdDSA"


NAMES: Final[Mapping[str, Algorithm]] = MappingProxyType(
    {**{algorithm.value: algorithm for algorithm in Algorithm}, "Ed25519": Algorithm.EDDSA}
)
"""What headers and keys call the algorithms. The one of Ed25519 has two names, and newer clients use the second alone.

Source: RFC 9864 section 2.2.
"""

SIGNS: Final = (Algorithm.ES256, Algorithm.RS256)
"""The algorithms that the server signs with, so those that it makes keys for."""


class KeyState(StrEnum):
    """Where a key stands: published to sign later, signing, verifying what it has signed, or over."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


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


@dataclasses.dataclass(frozen=True, slots=True)
class AccessToken:
    """The claims of an access token. `audience` is exactly one resource.

    A token that a client asked for itself has its `client_id` as `subject`, and neither session nor sign-in.
    `key_thumbprint` is that of the key that the token is bound to (RFC 9449 section 6.1), `roles` those of its subject,
    `details` the JSON of what was granted in fine (RFC 9396 section 9.1), `actor` who acts for the subject (RFC 8693
    section 4.1). `amr` are the methods that the person signed in by (RFC 8176).
    Its reader has looked at every member, so that nothing is looked at again when it is made.
    Source: RFC 9068 section 2.2.
    """

    issuer: str
    subject: str
    audience: str
    client_id: str
    session_id: SessionId | None
    token_id: str
    scope: str
    issued_at: datetime
    expires_at: datetime
    authenticated_at: datetime | None = None
    key_thumbprint: str | None = None
    acr: str | None = None
    roles: tuple[str, ...] = ()
    details: str | None = None
    actor: str | None = None
    amr: tuple[str, ...] = ()
