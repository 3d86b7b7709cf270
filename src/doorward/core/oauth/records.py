"""What a client is, what it was granted, and what people consented to."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.keys.records import Algorithm
from doorward.core.onetime.records import PURPOSES, Purpose

_WRITTEN: Final = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
"""How `documents.py` writes bytes."""


class ClientType(StrEnum):
    """Where a client runs, which decides whether it can keep a secret.

    Source: RFC 6749 section 2.1; RFC 8252 section 8.4.
    """

    WEB = "web"
    SPA = "spa"
    NATIVE = "native"
    SERVICE = "service"


class ClientAuthentication(StrEnum):
    """How a client proves who it is at the token endpoint.

    Source: OpenID Connect Core 1.0 section 9.
    """

    NONE = "none"
    SECRET_BASIC = "client_secret_basic"  # noqa: S105 (the name of a method)
    SECRET_POST = "client_secret_post"  # noqa: S105
    PRIVATE_KEY = "private_key_jwt"


class GrantType(StrEnum):
    """What a client can exchange for tokens. There is no implicit and no password grant (RFC 9700 section 2.4)."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105


@dataclass(frozen=True, slots=True, config=_WRITTEN)
class ClientSecret:
    """A secret of a client, by its digest. Two may live at once, so that one is replaced without an interruption."""

    digest: bytes
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, config=_WRITTEN)
class Client:
    """An application that acts for people, or for itself.

    `scopes` are the scopes it may ask for, `resources` the audiences it may ask tokens for (RFC 8707), the first of
    them the default. `audiences` are those that it is itself: the APIs for which it answers, whose tokens it may look
    at (RFC 7662) and exchange (RFC 8693); None: nobody has said yet, which counts as none. `jwks` is a JSON Web Key Set
    as JSON; `sector` is the host that pairwise subjects are made for.
    `is_first_party`: it belongs to whoever runs the deployment, so nobody is asked for consent.
    `uses_refresh_cookie`: its pages get refresh tokens as a cookie of this server's, and never as text.
    `registration_digest` is that of the token by which a client that registered itself may change its registration.
    `version` counts changes.
    """

    id: ClientId
    name: str
    type: ClientType
    authentication: ClientAuthentication
    created_at: datetime
    grants: tuple[GrantType, ...] = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
    scopes: tuple[str, ...] = ("openid", "profile", "email", "offline_access")
    resources: tuple[str, ...] = ()
    audiences: tuple[str, ...] | None = None
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None
    secrets: tuple[ClientSecret, ...] = ()
    jwks: str | None = None
    jwks_uri: str | None = None
    is_first_party: bool = False
    is_pairwise: bool = False
    sector: str | None = None
    requires_pushed_request: bool = False
    requires_dpop: bool = False
    uses_refresh_cookie: bool = False
    id_token_algorithm: Algorithm = Algorithm.RS256
    userinfo_algorithm: Algorithm | None = None
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    registration_digest: bytes | None = None
    disabled_at: datetime | None = None
    version: int = 0

    @property
    def is_public(self) -> bool:
        """Tell whether the client cannot prove who it is (RFC 6749 section 2.1)."""
        return self.authentication is ClientAuthentication.NONE

    @property
    def is_unsaid(self) -> bool:
        """Tell whether nobody has said for which APIs it answers, and programs before would take its resources."""
        return self.audiences is None and bool(self.resources) and not self.is_public and self.disabled_at is None

    def answers_for(self, audience: str) -> bool:
        """Tell whether the client is the API that tokens of an audience are for."""
        return self.audiences is not None and audience in self.audiences


@dataclass(frozen=True, slots=True, config=_WRITTEN)
class Grant:
    """What a session of kind `client` was started with: by whom, for whom, and for what. It never changes.

    `session_id` is the family of refresh tokens that it belongs to. `code_digest`, `redirect_uri` and `challenge` are
    those of the authorization code, by which a second use of the code is recognised after the first (RFC 6749 section
    4.1.2). `claims` and `details` are JSON as it was asked for and allowed (OpenID Connect Core 1.0 section 5.5, RFC
    9396). `key_thumbprint` is that of the key that the tokens are bound to (RFC 9449 section 6).
    `is_offline`: it goes on when the session that it was granted in is signed out of. `acr` and `amr` say how the
    person had signed in.
    """

    session_id: SessionId
    client_id: ClientId
    account_id: AccountId
    created_at: datetime
    expires_at: datetime
    resources: tuple[str, ...] = ()
    is_offline: bool = False
    code_digest: bytes | None = None
    redirect_uri: str | None = None
    challenge: str | None = None
    claims: str | None = None
    details: str | None = None
    key_thumbprint: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed a client, once and until they take it back. `scope` is a scope string."""

    account_id: AccountId
    client_id: ClientId
    scope: str
    granted_at: datetime


CODE_LIVES_FOR: Final = PURPOSES[Purpose.AUTHORIZATION_CODE].link
"""How long an authorization code may be exchanged."""

REQUEST_LIVES_FOR: Final = PURPOSES[Purpose.PUSHED_REQUEST].link
"""How long a pushed request may be taken up."""

INTERACTION_LIVES_FOR: Final = PURPOSES[Purpose.SIGN_IN_REQUEST].link
"""How long somebody may take to sign in and to consent."""
