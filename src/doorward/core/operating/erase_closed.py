"""Erasing the accounts whose grace is over."""

from dataclasses import dataclass, replace
from datetime import datetime
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
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.oauth.ports import HasConsents, HasGrants
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.sessions.ports import HasSessions

_BATCH: Final = 100
_FILES_AT_ONCE: Final = 500
_UPLOADS_AT_ONCE: Final = 10
"""How many go in one unit of work: somebody may keep 262,144 small files, and others want to write meanwhile."""


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

    Each goes in units of work of its own: from the first on nobody can sign in to it any more, and the next run goes on
    where one was stopped.
    The bytes of their files are collected within two days, since nothing leads to them any more. The audit keeps what
    happened under the account's id, which then leads to nobody.
    """

    work: OpensWork[EraseWork]
    view: OpensView[HasAccounts]
    clock: Clock

    def __call__(self) -> int:
        """Return how many accounts are gone."""
        now = self.clock.now()
        with self.view() as work:
            due = work.accounts.due_for_deletion(now, limit=_BATCH)
        return sum(self._erase(account, now) for account in due)

    def _erase(self, account: Account, now: datetime) -> bool:
        """Erase an account, unless its owner has just signed in and so keeps it."""
        while True:
            barred = replace(account, status=Status.DISABLED)
            with self.work() as work:
                if not work.accounts.replace(barred, expected=account):
                    return False
                if self._remove_some(work, account.id):
                    self._forget(work, account.id)
                    record(work.audit, Event(AuditKind.ACCOUNT_DELETED, account_id=account.id), now)
                    return True
            account = replace(barred, version=account.version + 1)

    @staticmethod
    def _remove_some(work: EraseWork, account_id: AccountId) -> bool:
        """Remove some of the files of an account, and tell whether those were the last."""
        files = work.files.remove_some(account_id, limit=_FILES_AT_ONCE)
        uploads = work.uploads.remove_some(account_id, limit=_UPLOADS_AT_ONCE)
        return files < _FILES_AT_ONCE and uploads < _UPLOADS_AT_ONCE

    @staticmethod
    def _forget(work: EraseWork, account_id: AccountId) -> None:
        work.passwords.remove(account_id)
        work.identities.remove_all(account_id)
        work.roles.remove_all(account_id)
        work.sessions.remove_all(account_id)
        work.grants.remove_all(account_id)
        work.consents.remove_all(account_id)
        work.devices.forget_all(account_id)
        work.attempts.forget(account_id)
        work.onetimes.discard(account_id)
        work.quotas.remove_all(account_id)
        work.accounts.remove(account_id)
