"""What a provider is, what it says of somebody, and what is remembered of that."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId
from doorward.core.sessions.records import Remembered


class Dialect(StrEnum):
    """How a provider tells who somebody is: by an ID token, or by an API of its own."""

    OIDC = "oidc"
    GITHUB = "github"
    DISCORD = "discord"


class AnswerMode(StrEnum):
    """How a browser brings the answer back: by an address, or by a form of the provider's page.

    Source: OAuth 2.0 Form Post Response Mode.
    """

    QUERY = "query"
    FORM_POST = "form_post"


class SecretUse(StrEnum):
    """How we prove to a provider who we are; `signed` is a token that we sign as the secret (Sign in with Apple)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider without discovery is asked."""

    authorization: str
    token: str
    userinfo: str
    emails: str | None = None


@dataclass(frozen=True, slots=True)
class SecretSigner:
    """What a client secret is signed with: `private_key` is PKCS #8 in DER, for ES256."""

    team: str
    key_id: str
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that people may sign in with.

    `issuer` is what its tokens must name, letter for letter; `{tenantid}` in it stands for the claim `tid`, where one
    provider serves many organisations. A provider that names none gets a name of ours. `trusted_domains` are those
    whose addresses count as proven when the provider says so; `*` is any. `acrs` says what its values of `acr` count as
    here; of others, and of how it found out who somebody is, nothing is believed.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    dialect: Dialect = Dialect.OIDC
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    answer_mode: AnswerMode = AnswerMode.QUERY
    secret_use: SecretUse = SecretUse.BASIC
    trusted_domains: tuple[str, ...] = ()
    endpoints: Endpoints | None = None
    discovery_url: str | None = None
    acrs: Mapping[str, str] = field(default_factory=dict)
    signer: SecretSigner | None = None

    @property
    def configuration_url(self) -> str:
        """Where its configuration is fetched from (OpenID Connect Discovery 1.0 section 4)."""
        return self.discovery_url or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself.

    `names_itself`: it puts `iss` into its answers (RFC 9207). `tells_when`: its tokens say when it asked (`auth_time`).
    """

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None = None
    jwks_uri: str | None = None
    names_itself: bool = False
    tells_when: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider vouches for. Only `issuer` and `subject` together say who it is: an address changes hands.

    `is_email_verified` is what the provider says, which is not yet what counts. `names` are names that it calls the
    person by, the best first. `authenticated_at` is when the person proved it, and `acr` and `amr` how, where the
    provider tells.
    """

    issuer: str
    subject: str
    email: str | None = None
    is_email_verified: bool = False
    names: tuple[str, ...] = ()
    authenticated_at: datetime | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """That whom a provider knows by this subject is the owner of this account.

    Source: OWASP ASVS 5.0, 6.8.1 (issuer and subject together are the key). `label` is what the account page shows.
    """

    issuer: str
    subject: str
    account_id: AccountId
    provider_id: str
    label: str
    linked_at: datetime


class Intent(StrEnum):
    """What somebody goes to a provider for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a browser is to go, and the secret that it must hold when it comes back."""

    url: str
    browser: str = field(repr=False)
    answer_mode: AnswerMode


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser brings back from a provider, none of it proven."""

    state: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: signed in, or linked, or with a code in the mail that `finish_token` belongs to.

    `request` is the request of an application that somebody signed in for, as it was handed in.
    """

    intent: Intent
    provider: Provider
    remembered: Remembered | None = None
    finish_token: str | None = field(default=None, repr=False)
    email: str | None = None
    request: str | None = field(default=None, repr=False)
