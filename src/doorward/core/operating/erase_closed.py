"""Erasing the accounts whose grace is over."""

from dataclasses import dataclass, replace
from typing import Final, Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.ports import HasPasswords
from doorward.core.federation.ports import HasIdentities
from doorward.core.files.ports import HasFiles
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.oauth.ports import HasConsents, HasGrants
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.sessions.ports import HasSessions

_BATCH: Final = 100


class EraseWork(
    HasAccounts,
    HasPasswords,
    HasIdentities,
    HasRoles,
    HasSessions,
    HasGrants,
    HasConsents,
    HasDevices,
    HasAttempts,
    HasOneTimes,
    HasFiles,
    HasAuditLog,
    Protocol,
):
    """What erasing accounts writes."""


@dataclass(frozen=True, slots=True)
class EraseClosed:
    """Remove the accounts whose grace is over, with everything that is kept under their ids.

    The bytes of their files are collected within two days, since nothing leads to them any more. The audit keeps what
    happened under the account's id, which then leads to nobody.
    """

    work: OpensWork[EraseWork]
    clock: Clock

    def __call__(self) -> int:
        """Return how many accounts are gone."""
        now = self.clock.now()
        with self.work() as work:
            due = work.accounts.due_for_deletion(now, limit=_BATCH)
            erased = [account for account in due if self._erase(work, account)]
            for account in erased:
                record(work.audit, Event(AuditKind.ACCOUNT_DELETED, account_id=account.id), now)
        return len(erased)

    @staticmethod
    def _erase(work: EraseWork, account: Account) -> bool:
        """Erase an account, unless its owner has just signed in and so keeps it."""
        if not work.accounts.replace(replace(account, status=Status.DISABLED), expected=account):
            return False
        work.passwords.remove(account.id)
        work.identities.remove_all(account.id)
        work.roles.remove_all(account.id)
        work.sessions.remove_all(account.id)
        work.grants.remove_all(account.id)
        work.consents.remove_all(account.id)
        work.devices.forget_all(account.id)
        work.attempts.forget(account.id)
        work.onetimes.discard(account.id)
        work.files.remove_all(account.id)
        work.uploads.remove_all(account.id)
        work.quotas.remove_all(account.id)
        work.accounts.remove(account.id)
        return True
