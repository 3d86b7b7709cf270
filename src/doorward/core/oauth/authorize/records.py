"""What an authorization request is on its way: presented, asked, kept, answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Snapshot

Values = Mapping[str, tuple[str, ...]]
"""Parameters by name, in their order; what was sent empty is not there (RFC 6749 section 3.1)."""


class ResponseMode(StrEnum):
    """How an answer travels. There is no fragment: a code in one would be readable to every script of the page.

    Source: OAuth 2.0 Multiple Response Type Encoding Practices section 5; OAuth 2.0 Form Post Response Mode section 2.
    """

    QUERY = "query"
    FORM_POST = "form_post"


class Prompt(StrEnum):
    """What a client wants a person to be asked (OpenID Connect Core 1.0 section 3.1.2.1)."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes: to an address that the client registered, in one of two ways, with what it sent along."""

    redirect_uri: str
    mode: ResponseMode = ResponseMode.QUERY
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for. Each row of the table of checks adds what it has found to be right.

    `scopes_by_claims` are the scopes that single claims belong to which it asks for by name: whoever allows those tells
    as much as with the scope, so they are asked for it. `claims` and `details` are JSON. `hinted` is the subject that
    the person must be. `acrs` are the ways of signing in that the client wants, any of them; where that is essential,
    none at all means that any will do which is known.
    """

    client: Client
    values: Values
    address: Address | None = None
    challenge: str = ""
    scopes: tuple[str, ...] = ()
    scopes_by_claims: tuple[str, ...] = ()
    nonce: str | None = None
    resources: tuple[str, ...] = ()
    prompts: frozenset[Prompt] = frozenset()
    max_age: timedelta | None = None
    claims: str | None = None
    details: str | None = None
    login_hint: str = ""
    hinted: str | None = None
    acrs: tuple[str, ...] = ()
    is_acr_essential: bool = False
    key_thumbprint: str | None = None

    def one(self, name: str) -> str | None:
        """Return a parameter, or None when it was not sent; that none was sent twice is the table's concern."""
        return next(iter(self.values.get(name, ())), None)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Everything that a person is asked to allow, as scopes."""
        return (*self.scopes, *(scope for scope in self.scopes_by_claims if scope not in self.scopes))

    def is_met_by(self, acr: str | None) -> bool:
        """Tell whether a way of signing in is one that the client wants."""
        if not self.acrs:
            return not self.is_acr_essential or acr is not None
        return acr in self.acrs

    @property
    def to(self) -> Address:
        """Where the answer goes, once that has been checked.

        Raises: ValueError, before.
        """
        if self.address is None:
            raise ValueError("nobody has checked yet where the answer may go")
        return self.address


@dataclass(frozen=True, slots=True)
class Fault:
    """A request that is refused, in an answer to the application."""

    error: OAuthError
    address: Address


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that is kept here: pushed by the client, or waiting for somebody to sign in or to consent.

    `browser` is the digest of what the browser holds that the request belongs to; None while it belongs to none.
    `pushed` is the digest that the request was pushed under, where it was.
    """

    token: str
    purpose: Purpose
    digest: bytes
    created_at: datetime
    values: Values
    client_id: str
    browser: bytes | None = None
    pushed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A request that was read and checked, and how it is kept where it is."""

    asked: Asked
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the endpoint: whoever is signed in, if anybody, and the digest of what their browser holds."""

    session: Snapshot | None
    browser: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An authorization response: parameters for an address that the client registered."""

    address: Address
    parameters: Mapping[str, str] = field(repr=False)
    error: OAuthCode | None = None


class Place(StrEnum):
    """Where a browser is to go: back to this endpoint, or to where the person is needed."""

    AUTHORIZE = "authorize"
    SIGN_IN = "sign_in"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Interaction:
    """The browser goes elsewhere first: `place` is where, `token` the request of `client_id` that waits for it."""

    place: Place
    client_id: str
    token: str = field(repr=False)


Outcome = Reply | Interaction
