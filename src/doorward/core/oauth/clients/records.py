"""What is asked for of a client, what its owner gets, and who may register one."""

from enum import StrEnum

from pydantic.dataclasses import dataclass

from doorward.core.keys.records import Algorithm
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client that is to be added. None means: what its type has by default."""

    name: str
    type: ClientType
    id: str | None = None
    authentication: ClientAuthentication | None = None
    grants: tuple[GrantType, ...] | None = None
    scopes: tuple[str, ...] | None = None
    resources: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None
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


@dataclass(frozen=True, slots=True)
class Registered:
    """A client, and the secret that it was just given; None where it proves itself without one."""

    client: Client
    secret: str | None = None

    def __repr__(self) -> str:
        return f"Registered(client={self.client.id!r})"


class Registering(StrEnum):
    """Who may register an application without an operator: nobody, whoever has a token of one, or anybody."""

    CLOSED = "closed"
    TOKEN = "token"  # noqa: S105 (a choice)
    OPEN = "open"
