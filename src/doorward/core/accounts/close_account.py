"""Deleting one's account: it is closed first, and gone after a grace period."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import GRACE, Account, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.work import OpensWork
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.recognise import require_live
from doorward.core.sessions.records import EndReason


class CloseWork(HasAccounts, HasSessions, HasOneTimes, HasOutbox, HasAuditLog, Protocol):
    """What closing an account writes."""


@dataclass(frozen=True, slots=True)
class CloseAccount:
    """Close an account: it is signed out everywhere, and deleted when the grace is over unless its owner signs in."""

    work: OpensWork[CloseWork]
    post: Post
    clock: Clock

    def __call__(self, account_id: AccountId, *, session_id: SessionId | None = None) -> datetime:
        """Return when the account will be gone. `session_id` is the session that asks, which must live still.

        One that an operator has disabled stays as it is.
        Raises: NotFound; Conflict; NotSignedIn.
        """
        now = self.clock.now()
        delete_after = now + GRACE
        with self.work() as work:
            account = work.accounts.by_id(account_id)
            if account is None:
                raise NotFound
            if account.status is Status.DISABLED:
                raise Conflict
            closing = replace(account, status=Status.CLOSING, delete_after=delete_after)
            if not work.accounts.replace(closing, expected=account):
                raise Conflict
            require_live(work, session_id, now=now)
            self._end(work, account, now, delete_after)
        return delete_after

    def _end(self, work: CloseWork, account: Account, now: datetime, delete_after: datetime) -> None:
        work.sessions.end_all(account.id, at=now, reason=EndReason.CLOSING)
        work.onetimes.discard(account.id)
        letter = Letter(
            LetterKind.ACCOUNT_CLOSING,
            account.email,
            account.username,
            happened_at=now,
            detail=delete_after.isoformat(),
        )
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.ACCOUNT_CLOSING, account_id=account.id), now)
