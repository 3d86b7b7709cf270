"""Telling resource servers which tokens became worthless before their time.

The audit chain is what is told from: each entry is written in the same unit of work as the change it tells of, by
whichever instance, and its place is the next in a row without gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import AuditKind, Entry
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import Algorithm
from doorward.core.keys.revocations import FEED_TYPE, Of, Revoked, claims_of, statements
from doorward.core.keys.tokens import LEEWAY, MAX_ACCESS_TOKEN_LIFE
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.ports import HasClients, HasGrants
from doorward.core.oauth.subjects import Subjects
from doorward.core.sessions.ports import HasSessions

REACHES_BACK: Final = MAX_ACCESS_TOKEN_LIFE + LEEWAY + timedelta(seconds=30)
"""How far back a listener without a place is told; no token that was issued before is still good."""

_AT_ONCE: Final = 500
_ENDS_NO_SESSION: Final = frozenset(
    {
        AuditKind.CLAIM_MADE,
        AuditKind.CLAIM_REFUSED,
        AuditKind.SIGN_IN_REFUSED,
        AuditKind.PASSWORD_RESET_ASKED,
        AuditKind.EMAIL_CHANGE_ASKED,
        AuditKind.CODE_ISSUED,
        AuditKind.CONSENT_GIVEN,
        AuditKind.GRANT_STARTED,
        AuditKind.HOST_ENTERED,
    }
)
"""What is frequent and never ends a session. All else is looked into, so a new kind need not be thought of here."""

_CONCERNS_SUBJECT: Final = frozenset(
    {AuditKind.ACCOUNT_DISABLED, AuditKind.ACCOUNT_CLOSING, AuditKind.ACCOUNT_DELETED, AuditKind.ROLE_REVOKED}
)
_CONCERNS_CLIENT: Final = frozenset({AuditKind.CLIENT_DISABLED, AuditKind.CLIENT_REMOVED})
_CONCERNS_EVERYBODY: Final = frozenset({AuditKind.STORE_RESTORED})


class ToldWork(HasAuditLog, HasSessions, HasGrants, HasClients, Protocol):
    """What is looked at to tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """Signed statements that tell what is between two places of the chain, and whether there is more already."""

    signed: tuple[str, ...]
    since: int
    until: int
    is_more: bool

    def events(self) -> Iterator[tuple[int, str]]:
        """Yield each statement with the place to go on from after it: only the last one moves on."""
        for number, statement in enumerate(self.signed, start=1):
            yield self.until if number == len(self.signed) else self.since, statement


@dataclass(frozen=True, slots=True)
class TellRevoked:
    """Tell what was revoked since a place in the chain."""

    work: OpensWork[ToldWork]
    view: OpensView[ToldWork]
    keyring: Keyring
    subjects: Subjects
    find: FindClient
    clock: Clock

    def begin(self, presented: int | None) -> int:
        """Return the place that a listener goes on from: the one it names, or as far back as tokens live.

        One beyond the end of the chain is of another store, and counts as none.
        """
        with self.work() as work:
            end = work.audit.head().sequence
        if presented is not None and 0 <= presented <= end:
            return presented
        return self._as_far_back_as_tokens_live(end)

    def __call__(self, since: int, *, known: int, even_nothing: bool = False) -> Told:
        """Return what was revoked since then; with `even_nothing`, a statement that it was nothing.

        `known` is the place up to which the listener was told; between that and `since` there was nothing to tell.
        """
        now = self.clock.now()
        with self.view() as view:
            entries = view.audit.read(after=since, limit=_AT_ONCE)
            items = [item for entry in entries for item in self._revoked(entry, view)]
        until, is_more = entries[-1].sequence if entries else since, len(entries) == _AT_ONCE
        if not items and not even_nothing:
            return Told((), known, until, is_more)
        signed = (
            self.keyring.sign_claims(FEED_TYPE, claims_of(statement, self.keyring.issuer), Algorithm.ES256)
            for statement in statements(items, since=known, until=until, now=now)
        )
        return Told(tuple(signed), known, until, is_more)

    def _as_far_back_as_tokens_live(self, end: int) -> int:
        oldest = self.clock.now() - REACHES_BACK
        place = end
        with self.view() as view:
            while place > 0:
                place = max(0, place - _AT_ONCE)
                first = view.audit.read(after=place, limit=1)
                if first and first[0].at < oldest:
                    break
        return place

    def _revoked(self, entry: Entry, view: ToldWork) -> Iterator[Revoked]:
        event, kind = entry.event, entry.event.kind
        if kind not in _ENDS_NO_SESSION and event.account_id is not None:
            for session_id in view.sessions.ended_at(event.account_id, entry.at):
                yield Revoked(Of.SESSION, session_id, entry.at)
        if kind in _CONCERNS_SUBJECT and event.account_id is not None:
            for name in self._names(event.account_id, view):
                yield Revoked(Of.SUBJECT, name, entry.at)
        if kind in _CONCERNS_CLIENT and "client" in event.detail:
            yield Revoked(Of.CLIENT, event.detail["client"], entry.at)
        if kind in _CONCERNS_EVERYBODY:
            yield Revoked(Of.EVERYBODY, "", entry.at)

    def _names(self, account_id: AccountId, view: ToldWork) -> Iterator[str]:
        """Yield what tokens call an account: its id, and a name for each sector that it granted something to.

        No server elsewhere is asked, so an application that describes itself is none of them.
        """
        yield account_id
        ids = sorted({grant.client_id for grant in view.grants.of_account(account_id)})
        clients = [client for client_id in ids if (client := self.find.shown(view, client_id)) is not None]
        yield from sorted({self.subjects.of(client, account_id) for client in clients if client.is_pairwise})
