"""Units of work that tell: applications of every session of theirs that ends, and this process of changed clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from doorward.assembly.flows import Adapters, Tools, Work
from doorward.core.access.ports import Roles
from doorward.core.accounts.ports import Accounts, Claims
from doorward.core.audit.ports import AddressKeys, AuditLog
from doorward.core.credentials.ports import Passwords
from doorward.core.federation.ports import Identities
from doorward.core.files.ports import Files, Quotas, Uploads
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.ports import SigningKeys
from doorward.core.login.ports import AttemptBook, Devices
from doorward.core.oauth.logout.announce import Announce, AnnouncedSessions
from doorward.core.oauth.ports import Clients, Consents, Grants
from doorward.core.oauth.records import Client
from doorward.core.oauth.tokens.ports import KnownClients
from doorward.core.onetime.ports import OneTimes
from doorward.core.outbox.ports import Outbox


def announcing(adapters: Adapters, made: Tools) -> Adapters:
    """Return the adapters with units of work that tell applications of ends, and that forget changed clients."""
    announce = Announce(made.find_client, made.post, made.subjects)
    return replace(adapters, work=_Opens(adapters.work, announce, made.known_clients))


@dataclass(frozen=True, slots=True)
class _Opens(OpensWork[Work]):
    opens: OpensWork[Work]
    announce: Announce
    known: KnownClients

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        changed: set[ClientId] = set()
        with self.opens() as work:
            sessions = AnnouncedSessions(work.sessions, work, self.announce)
            yield _Announcing(work, sessions, _NotedClients(work.clients, changed))
        for client_id in changed:
            self.known.forget(client_id)


@dataclass(frozen=True, slots=True)
class _NotedClients(Clients):
    """The clients, with a note of each that is changed."""

    inner: Clients
    changed: set[ClientId]

    def by_id(self, client_id: ClientId) -> Client | None:
        return self.inner.by_id(client_id)

    def held(self, client_id: ClientId) -> Client | None:
        return self.inner.held(client_id)

    def add(self, client: Client) -> bool:
        return self.inner.add(client)

    def replace(self, client: Client, *, expected: int) -> bool:
        self.changed.add(client.id)
        return self.inner.replace(client, expected=expected)

    def remove(self, client_id: ClientId) -> bool:
        self.changed.add(client_id)
        return self.inner.remove(client_id)

    def page(self, *, after: ClientId | None = None, limit: int = 100) -> Page[Client]:
        return self.inner.page(after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class _Announcing(Work):
    """A unit of work as the store opens it, but for the sessions and the clients."""

    inner: Work
    announced: AnnouncedSessions
    noted: _NotedClients

    @property
    def sessions(self) -> AnnouncedSessions:
        return self.announced

    @property
    def accounts(self) -> Accounts:
        return self.inner.accounts

    @property
    def claims(self) -> Claims:
        return self.inner.claims

    @property
    def passwords(self) -> Passwords:
        return self.inner.passwords

    @property
    def roles(self) -> Roles:
        return self.inner.roles

    @property
    def devices(self) -> Devices:
        return self.inner.devices

    @property
    def attempts(self) -> AttemptBook:
        return self.inner.attempts

    @property
    def onetimes(self) -> OneTimes:
        return self.inner.onetimes

    @property
    def outbox(self) -> Outbox:
        return self.inner.outbox

    @property
    def audit(self) -> AuditLog:
        return self.inner.audit

    @property
    def address_keys(self) -> AddressKeys:
        return self.inner.address_keys

    @property
    def signing_keys(self) -> SigningKeys:
        return self.inner.signing_keys

    @property
    def clients(self) -> Clients:
        return self.noted

    @property
    def grants(self) -> Grants:
        return self.inner.grants

    @property
    def consents(self) -> Consents:
        return self.inner.consents

    @property
    def identities(self) -> Identities:
        return self.inner.identities

    @property
    def files(self) -> Files:
        return self.inner.files

    @property
    def uploads(self) -> Uploads:
        return self.inner.uploads

    @property
    def quotas(self) -> Quotas:
        return self.inner.quotas
