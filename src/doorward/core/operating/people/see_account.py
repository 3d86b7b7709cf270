"""Seeing how an account stands: all that somebody needs who is asked for help with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import Entry, Search
from doorward.core.federation.identities import ListWaysIn, WaysIn
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.login import rules
from doorward.core.login.ports import HasAttempts
from doorward.core.login.records import UNTRUSTED, Attempts
from doorward.core.oauth.authorize.applications import Application, ListApplications
from doorward.core.operating.accounts import find
from doorward.core.sessions.list_sessions import LISTED
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Session

_RECENT: Final = 20


class SeeView(HasAccounts, HasRoles, HasSessions, HasAttempts, HasAuditLog, Protocol):
    """What is looked at."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What keeps passwords of an account from being tried.

    `until`: browsers and apps that never signed in to it have to wait; those that did, go on. `is_spent`: after so many
    failures in a row the password works nowhere until it is reset, or an operator unlocks it.
    """

    until: datetime | None
    failures: int
    is_spent: bool

    @property
    def is_shut(self) -> bool:
        """Tell whether there is something to unlock."""
        return self.until is not None or self.is_spent

    @classmethod
    def of(cls, attempts: Attempts, *, now: datetime) -> "Lock":
        """Return what the attempts amount to."""
        is_suspended = rules.is_suspended(attempts, UNTRUSTED, now=now)
        until = attempts.lanes[UNTRUSTED].suspended_until if is_suspended else None
        return cls(until, attempts.consecutive, is_spent=attempts.consecutive >= rules.CEILING)


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """An account with what it may do, what acts for it, and what happened to it last.

    `sessions` is where it was seen last, `LISTED` at most.
    """

    account: Account
    roles: tuple[str, ...]
    sessions: tuple[Session, ...]
    lock: Lock
    ways_in: WaysIn
    applications: tuple[Application, ...]
    events: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class SeeAccount:
    """Return how one account stands. No secret and no hash is in it."""

    view: OpensView[SeeView]
    ways_in: ListWaysIn
    applications: ListApplications
    clock: Clock

    def __call__(self, wanted: str) -> AccountSeen:
        """Read it, by id, username or address.

        Raises: NotFound.
        """
        now = self.clock.now()
        with self.view() as view:
            account = find(view, wanted)
            sessions = view.sessions.signed_in(account.id, now=now, limit=LISTED)
            roles, attempts = view.roles.of(account.id), view.attempts.of(account.id)
            events = view.audit.search(Search(account_id=account.id), limit=_RECENT)
        return AccountSeen(
            account=account,
            roles=roles,
            sessions=sessions,
            lock=Lock.of(attempts, now=now),
            ways_in=self.ways_in(account.id),
            applications=self.applications(account.id),
            events=events,
        )
