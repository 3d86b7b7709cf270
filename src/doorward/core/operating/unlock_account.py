"""Lifting a suspension."""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensWork
from doorward.core.login import rules
from doorward.core.login.ports import HasAttempts
from doorward.core.operating.accounts import find


class UnlockAccountWork(HasAccounts, HasAttempts, HasAuditLog, Protocol):
    """What lifting a suspension writes."""


@dataclass(frozen=True, slots=True)
class UnlockAccount:
    """Lift the suspension of an account for everybody, as an operator."""

    work: OpensWork[UnlockAccountWork]
    clock: Clock

    def __call__(self, wanted: str, *, actor_id: AccountId | None = None) -> None:
        """Return when everybody has five tries again.

        Raises: NotFound, Conflict.
        """
        with self.work() as work:
            account = find(work, wanted)
            before = work.attempts.of(account.id)
            after = rules.unlocked(before)
            if not work.attempts.put(after, expected_version=before.version):
                raise Conflict
            event = Event(
                AuditKind.SIGN_IN_UNLOCKED,
                account_id=account.id,
                actor_id=actor_id,
                detail={"by": "operator"},
            )
            record(work.audit, event, self.clock.now())
