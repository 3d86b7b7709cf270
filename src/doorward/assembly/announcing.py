"""Units of work in which applications are told of every session of theirs that ends, whoever ends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from doorward.assembly.flows import Adapters, Tools, Work
from doorward.core.access.ports import Roles
from doorward.core.accounts.ports import Accounts, Claims
from doorward.core.audit.ports import AddressKeys, AuditLog
from doorward.core.credentials.ports import Passwords
from doorward.core.federation.ports import Identities
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.ports import SigningKeys
from doorward.core.login.ports import AttemptBook, Devices
from doorward.core.oauth.logout.announce import Announce, AnnouncedSessions
from doorward.core.oauth.ports import Clients, Consents, Grants
from doorward.core.onetime.ports import OneTimes
from doorward.core.outbox.ports import Outbox


def announcing(adapters: Adapters, made: Tools) -> Adapters:
    """Return the adapters with units of work that tell applications of ends."""
    return replace(adapters, work=_Opens(adapters.work, Announce(made.find_client, made.post, made.subjects)))


@dataclass(frozen=True, slots=True)
class _Opens(OpensWork[Work]):
    opens: OpensWork[Work]
    announce: Announce

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        with self.opens() as work:
            yield _Announcing(work, AnnouncedSessions(work.sessions, work, self.announce))


@dataclass(frozen=True, slots=True)
class _Announcing(Work):
    """A unit of work as the store opens it, but for the sessions."""

    inner: Work
    announced: AnnouncedSessions

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
        return self.inner.clients

    @property
    def grants(self) -> Grants:
        return self.inner.grants

    @property
    def consents(self) -> Consents:
        return self.inner.consents

    @property
    def identities(self) -> Identities:
        return self.inner.identities
