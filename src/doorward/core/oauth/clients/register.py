"""Applications that register themselves, and look after their registration.

Source: RFC 7591 section 3; RFC 7592 section 2.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel import secrets
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, Invalid, NotFound
from doorward.core.kernel.ids import new_id
from doorward.core.kernel.secrets import Envelopes
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.oauth.clients.add import fresh_client
from doorward.core.oauth.clients.change import ChangeClient
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.clients.end import RemoveClient
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.clients.records import Registered, Registering, Wanted
from doorward.core.oauth.clients.rules.metadata import Metadata, refusal_of, wanted_of
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client

_INITIAL: Final = "dwi1"
_OWN: Final = "dwg1"
_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class RegistrationTokens:
    """The tokens of registering: initial ones, which an operator hands out, and one for each registration.

    Source: RFC 7591 section 1.2.
    """

    envelopes: Envelopes

    def initial(self, now: datetime, *, lives: timedelta) -> str:
        """Return a token that lets whoever has it register applications until it expires; nothing is kept of it."""
        return self.envelopes.close(_INITIAL, new_id(now), str(int((now + lives).timestamp())))

    def is_initial(self, presented: str, now: datetime) -> bool:
        """Tell whether a presented initial token was made here and has not expired."""
        parts = self.envelopes.open(_INITIAL, presented, parts=_PARTS)
        return parts is not None and parts[1].isdecimal() and now < datetime.fromtimestamp(int(parts[1]), UTC)

    def own(self) -> tuple[str, bytes]:
        """Return the token of one registration as its owner sees it, once, and the digest that is kept."""
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        return self.envelopes.close(_OWN, secrets.encode(secret)), secrets.digest(secret)

    def digest_of(self, presented: str) -> bytes | None:
        """Return the digest of a registration's token, or None when it was not made here."""
        parts = self.envelopes.open(_OWN, presented, parts=1)
        secret = secrets.decode(parts[0]) if parts else None
        return None if secret is None else secrets.digest(secret)


@dataclass(frozen=True, slots=True)
class SelfRegistered:
    """A client that registered itself, the secret that it was given, and the token of its registration."""

    registered: Registered
    token: str

    def __repr__(self) -> str:
        return f"SelfRegistered(client={self.registered.client.id!r})"


@dataclass(frozen=True, slots=True)
class RegisterClient:
    """Register an application on its own word, where that is open."""

    work: OpensWork[ClientsWork]
    secrets: ClientSecrets
    tokens: RegistrationTokens
    clock: Clock
    registering: Registering

    @property
    def is_open(self) -> bool:
        """Tell whether anybody can register an application without an operator."""
        return self.registering is not Registering.CLOSED

    def __call__(self, metadata: Metadata, *, initial_token: str | None) -> SelfRegistered:
        """Return the new client with what only its owner may see.

        Raises: NotFound, where registering is closed; OAuthError, with the codes of RFC 7591 section 3.2.2.
        """
        now = self.clock.now()
        self._admit(initial_token, now)
        try:
            registered = fresh_client(wanted_of(metadata), self.secrets, now=now)
        except Invalid as refused:
            raise refusal_of(refused) from None
        token, digest = self.tokens.own()
        client = replace(registered.client, registration_digest=digest)
        with self.work() as work:
            if not work.clients.add(client):
                raise Conflict
            record(work.audit, Event(AuditKind.CLIENT_REGISTERED, detail={"client": client.id}), now)
        return SelfRegistered(Registered(client, registered.secret), token)

    def _admit(self, initial_token: str | None, now: datetime) -> None:
        if not self.is_open:
            raise NotFound
        if self.registering is Registering.OPEN:
            return
        if initial_token is None or not self.tokens.is_initial(initial_token, now):
            raise _refused()


@dataclass(frozen=True, slots=True)
class ManageRegistration:
    """Show, replace or remove a registration, for who has its token and for nobody else.

    A client that an operator registered has no such token, and one that is disabled is closed to it.
    """

    view: OpensView[ClientsWork]
    tokens: RegistrationTokens
    change: ChangeClient
    remove_client: RemoveClient

    def show(self, client_id: str, token: str) -> Client:
        """Return the client.

        Raises: OAuthError.
        """
        return self._own(client_id, token)

    def replace(self, client_id: str, token: str, *, metadata: Metadata) -> Registered:
        """Put other metadata in the place of all that was registered, held to the rules of a new registration.

        Source: RFC 7592 section 2.2. What was left out goes back to its default.
        Raises: OAuthError, Conflict.
        """
        before = self._own(client_id, token)
        if metadata.get("client_id", before.id) != before.id:
            raise OAuthError(OAuthCode.INVALID_CLIENT_METADATA, "client_id: This cannot be changed.")
        try:
            wanted = wanted_of(metadata)
            return self.change(before.id, lambda client: _as_wanted(client, wanted))
        except Invalid as refused:
            raise refusal_of(refused) from None

    def remove(self, client_id: str, token: str) -> None:
        """Remove the client with all that it was granted.

        Raises: OAuthError, Conflict.
        """
        self.remove_client(self._own(client_id, token).id)

    def _own(self, client_id: str, token: str) -> Client:
        digest = self.tokens.digest_of(token)
        if digest is None:
            raise _refused()
        try:
            with self.view() as work:
                client = kept(work, client_id)
        except NotFound:
            raise _refused() from None
        own = client.registration_digest
        if own is None or not secrets.same(own, digest) or client.disabled_at is not None:
            raise _refused()
        return client


_NEVER_SAID: Final = frozenset(
    {"id", "type", "is_first_party", "resources", "audiences", "sector", "uses_refresh_cookie"}
)
"""What an application never says of itself; an operator may have."""


def _as_wanted(client: Client, wanted: Wanted) -> Client:
    """Return the client with everything that was asked for; what no application says of itself stays."""
    if wanted.type is not client.type:
        raise Invalid("/application_type", "What kind of application it is cannot be changed.")
    names = set(Wanted.__dataclass_fields__) - _NEVER_SAID
    return replace(client, **{name: getattr(wanted, name) for name in names})


def _refused() -> OAuthError:
    return OAuthError(OAuthCode.INVALID_TOKEN, "The token does not let you register or change this application.")
