"""Whom other providers vouch for, as the owner of an account sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.ports import HasPasswords
from doorward.core.federation import rules
from doorward.core.federation.errors import LastWayIn
from doorward.core.federation.ports import HasIdentities
from doorward.core.federation.records import Identity, Provider
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.login.ports import NamesConnected
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason, Snapshot


class WaysWork(HasIdentities, HasPasswords, Protocol):
    """What is read of the ways into an account."""


class UnlinkWork(HasAccounts, HasIdentities, HasPasswords, HasSessions, HasOutbox, HasAuditLog, Protocol):
    """What disconnecting writes."""


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody can sign in to an account. `is_last`: without one of the identities, nobody could."""

    identities: tuple[Identity, ...]
    has_password: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class ListWaysIn:
    """Return how somebody can sign in to an account."""

    view: OpensView[WaysWork]
    providers: Mapping[str, Provider]

    def __call__(self, account_id: AccountId) -> WaysIn:
        """Read it."""
        with self.view() as work:
            found, has_password = work.identities.of_account(account_id), work.passwords.of(account_id) is not None
        is_last = rules.is_last_way_in(found, self.providers, has_password=has_password)
        return WaysIn(found, has_password, is_last)


@dataclass(frozen=True, slots=True)
class NameConnected(NamesConnected):
    """Return which providers let somebody in to an account, by the names that its owner knows.

    What a provider calls a person does not stand in it: whoever connected it chose that text.
    """

    view: OpensView[HasIdentities]
    providers: Mapping[str, Provider]

    def __call__(self, account_id: AccountId) -> str | None:
        """Read them."""
        with self.view() as work:
            found = work.identities.of_account(account_id)
        named = [
            f"{self.providers[identity.provider_id].name} (since {identity.linked_at:%Y-%m-%d})"
            for identity in found
            if identity.provider_id in self.providers
        ]
        return ", ".join(named) or None


@dataclass(frozen=True, slots=True)
class ExportIdentities:
    """Return the identities of an account, for the document of everything that is kept about it."""

    view: OpensView[HasIdentities]

    def __call__(self, account_id: AccountId) -> list[dict[str, object]]:
        """Read them."""
        with self.view() as work:
            found = work.identities.of_account(account_id)
        return [
            {
                "provider": identity.provider_id,
                "issuer": identity.issuer,
                "subject": identity.subject,
                "label": identity.label,
                "linked_at": identity.linked_at.isoformat(),
            }
            for identity in found
        ]


@dataclass(frozen=True, slots=True)
class UnlinkIdentity:
    """Disconnect an identity: whom the provider vouches for is no longer let in. The other sessions end."""

    work: OpensWork[UnlinkWork]
    providers: Mapping[str, Provider]
    post: Post
    clock: Clock

    def __call__(self, snapshot: Snapshot, issuer: str, subject: str) -> None:
        """Return when it is durable.

        Raises: NotFound; LastWayIn; Conflict, when another one is disconnected at the same moment.
        """
        account_id, now = snapshot.profile.id, self.clock.now()
        with self.work() as work:
            account = work.accounts.by_id(account_id)
            kept = work.identities.of_account(account_id)
            found = [each for each in kept if (each.issuer, each.subject) == (issuer, subject)]
            if account is None or not found:
                raise NotFound
            has_password = work.passwords.of(account_id) is not None
            if rules.is_last_way_in(kept, self.providers, has_password=has_password):
                raise LastWayIn
            # Two that go at the same moment would each see the other as the way that is left.
            if not work.accounts.replace(account, expected=account):
                raise Conflict
            work.identities.remove(account_id, issuer, subject)
            work.sessions.end_all(account_id, at=now, reason=EndReason.IDENTITY_UNLINKED, keep=snapshot.session_id)
            self._tell(work, account, found[0].provider_id, now)

    def _tell(self, work: UnlinkWork, account: Account, provider_id: str, now: datetime) -> None:
        provider = self.providers.get(provider_id)
        name = provider.name if provider else provider_id
        letter = Letter(LetterKind.IDENTITY_UNLINKED, account.email, account.username, happened_at=now, detail=name)
        self.post.letter(work.outbox, letter, now=now)
        event = Event(AuditKind.IDENTITY_UNLINKED, account_id=account.id, detail={"with": provider_id})
        record(work.audit, event, now)
