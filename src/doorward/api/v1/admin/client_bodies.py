"""What requests and answers about clients hold. No secret is in any but the one that it was just made for."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from doorward.api.v1.bodies import AnswerBody, Body
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.change import Edit
from doorward.core.oauth.clients.client_secrets import LONGEST_OVERLAP, OVERLAP
from doorward.core.oauth.clients.records import Registered, Wanted
from doorward.core.oauth.clients.rules import key_sets, registration
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.core.oauth.rules import uri

_VISIBLE = r"^[^\x00-\x1F\x7F]*$"

Text = Annotated[str, StringConstraints(max_length=uri.LONGEST, pattern=_VISIBLE)]
Texts = Annotated[list[Text], Field(max_length=registration.MOST_SCOPES)]
KeySet = Annotated[str, StringConstraints(max_length=key_sets.LONGEST)]
# JSON has no enumerations, so these are read from their spelling.
Type = Annotated[ClientType, Field(strict=False)]
Proof = Annotated[ClientAuthentication, Field(strict=False)]
Grants = Annotated[list[Annotated[GrantType, Field(strict=False)]], Field(max_length=len(GrantType))]
Signing = Annotated[Algorithm, Field(strict=False)]


class ClientBody(Body):
    """A client that is to be added. What is left out is as its type has it by default. `jwks` is JSON as text."""

    name: Text = Field(examples=["Reports"])
    type: Type
    id: Text | None = None
    authentication: Proof | None = None
    grants: Grants | None = None
    scopes: Texts | None = None
    resources: Texts = Field(default_factory=list)
    audiences: Texts = Field(default_factory=list)
    redirect_uris: Texts = Field(default_factory=list)
    post_logout_redirect_uris: Texts = Field(default_factory=list)
    backchannel_logout_uri: Text | None = None
    jwks: KeySet | None = None
    jwks_uri: Text | None = None
    is_first_party: bool = False
    is_pairwise: bool = False
    sector: Text | None = None
    requires_pushed_request: bool = False
    requires_dpop: bool = False
    uses_refresh_cookie: bool = False
    id_token_algorithm: Signing = Algorithm.RS256
    userinfo_algorithm: Signing | None = None
    client_uri: Text | None = None
    logo_uri: Text | None = None
    policy_uri: Text | None = None
    tos_uri: Text | None = None
    contacts: Texts = Field(default_factory=list)

    def wanted(self) -> Wanted:
        """Return what is asked for."""
        return Wanted(**self.model_dump())


class ClientChangeBody(Body):
    """What is to be changed; what is left out stays, and what is null is taken away."""

    name: Text = Field(default_factory=str)
    authentication: Proof = Field(default_factory=lambda: ClientAuthentication.NONE)
    grants: Grants = Field(default_factory=list)
    scopes: Texts = Field(default_factory=list)
    resources: Texts = Field(default_factory=list)
    audiences: Texts = Field(default_factory=list)
    redirect_uris: Texts = Field(default_factory=list)
    post_logout_redirect_uris: Texts = Field(default_factory=list)
    backchannel_logout_uri: Text | None = None
    jwks: KeySet | None = None
    jwks_uri: Text | None = None
    is_first_party: bool = Field(default_factory=bool)
    is_pairwise: bool = Field(default_factory=bool)
    sector: Text | None = None
    requires_pushed_request: bool = Field(default_factory=bool)
    requires_dpop: bool = Field(default_factory=bool)
    uses_refresh_cookie: bool = Field(default_factory=bool)
    id_token_algorithm: Signing = Field(default_factory=lambda: Algorithm.RS256)
    userinfo_algorithm: Signing | None = None
    client_uri: Text | None = None
    logo_uri: Text | None = None
    policy_uri: Text | None = None
    tos_uri: Text | None = None
    contacts: Texts = Field(default_factory=list)

    def edit(self) -> Edit:
        """Return the change: of what was sent alone, whatever the rest is by default."""
        changes = self.model_dump(exclude_unset=True)
        return lambda client: replace(client, **changes)


class RotationBody(Body):
    """How many seconds the secret before goes on; a week unless something else is said, 0 for not at all."""

    overlap_in_seconds: int = Field(default=int(OVERLAP.total_seconds()), ge=0, le=int(LONGEST_OVERLAP.total_seconds()))

    @property
    def overlap(self) -> timedelta:
        """The same as a duration."""
        return timedelta(seconds=self.overlap_in_seconds)


class SecretAnswer(AnswerBody):
    """When a secret was made, and when it ends; null: with the next but one. The secret itself is never told again."""

    created_at: datetime
    expires_at: datetime | None


class ClientAnswer(AnswerBody):
    """A registered client. `audiences` is null where nobody has said yet for which APIs it answers: for none."""

    id: str
    name: str
    type: ClientType
    authentication: ClientAuthentication
    created_at: datetime
    disabled_at: datetime | None
    grants: list[GrantType]
    scopes: list[str]
    resources: list[str]
    audiences: list[str] | None
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str | None
    secrets: list[SecretAnswer]
    jwks: str | None
    jwks_uri: str | None
    is_first_party: bool
    is_pairwise: bool
    sector: str | None
    requires_pushed_request: bool
    requires_dpop: bool
    uses_refresh_cookie: bool
    id_token_algorithm: Algorithm
    userinfo_algorithm: Algorithm | None
    client_uri: str | None
    logo_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    contacts: list[str]
    registered_itself: bool

    @classmethod
    def of(cls, client: Client) -> "ClientAnswer":
        """Return the answer for a client."""
        return cls(**_shown(client))


class RegisteredAnswer(ClientAnswer):
    """A client with the secret that it was just given, which nobody is told again; null: it was given none."""

    client_secret: str | None

    @classmethod
    def of_registered(cls, registered: Registered) -> "RegisteredAnswer":
        """Return the answer for a client that was just added, changed, or given a new secret."""
        return cls(**_shown(registered.client), client_secret=registered.secret)


class ClientsAnswer(AnswerBody):
    """One page of clients; `next_after` is where the next one begins, null at the end."""

    clients: list[ClientAnswer]
    next_after: str | None


def _shown(client: Client) -> dict[str, Any]:
    """Return the fields that may be shown, by name: what is not named here never leaves."""
    own = {name: getattr(client, name) for name in ClientAnswer.model_fields if name in Client.__dataclass_fields__}
    secrets = [SecretAnswer(created_at=each.created_at, expires_at=each.expires_at) for each in client.secrets]
    return own | {"secrets": secrets, "registered_itself": client.registration_digest is not None}
