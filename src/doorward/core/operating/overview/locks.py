"""Who cannot sign in by a password at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView
from doorward.core.login import rules
from doorward.core.login.ports import HasAttempts
from doorward.core.login.records import UNTRUSTED, Attempts


class LockKind(StrEnum):
    """Why a password is not checked: for some hours, or until it is reset."""

    SUSPENDED = "suspended"
    AT_CEILING = "at_ceiling"


class LocksWork(HasAccounts, HasAttempts, Protocol):
    """What is looked at to tell who is locked out."""


@dataclass(frozen=True, slots=True)
class LockSeen:
    """An account whose password is not checked.

    Until `until`, whoever has no device that it knows is kept out; None: everybody is, until the password is reset.
    `account` is None once it is erased.
    """

    account_id: AccountId
    account: Account | None
    until: datetime | None
    consecutive: int


@dataclass(frozen=True, slots=True)
class ListLocks:
    """Return who is locked out, page by page: the one that is for longest first, or those at the ceiling by their ids.

    Names that nobody has are counted as well, in groups that nobody needs to unlock; they are left out. So is a known
    device that was suspended: it was forgotten at that moment, and is kept out no longer than all others are.
    """

    view: OpensView[LocksWork]
    clock: Clock

    def __call__(self, kind: LockKind, *, after: str | None = None, size: int = 50) -> Page[LockSeen]:
        """Return one page.

        Raises: Invalid, when `after` is no place.
        """
        now = self.clock.now()
        with self.view() as work:
            if kind is LockKind.AT_CEILING:
                found = work.attempts.at_ceiling(after=after or "", limit=size + 1)
            else:
                before = None if after is None else _read_place(after)
                found = work.attempts.ahead(now, before=before, limit=size + 1)
            shown = found[:size]
            seen = tuple(self._seen(work, shown, now))
        return Page(seen, _spell_place(shown[-1], kind) if len(found) > size else None)

    @staticmethod
    def _seen(work: LocksWork, found: Iterable[Attempts], now: datetime) -> Iterable[LockSeen]:
        for attempts in found:
            is_spent = attempts.consecutive >= rules.CEILING
            if not is_spent and not rules.is_suspended(attempts, UNTRUSTED, now=now):
                continue
            account_id = AccountId(attempts.key)
            yield LockSeen(
                account_id=account_id,
                account=work.accounts.by_id(account_id),
                until=None if is_spent else attempts.lanes[UNTRUSTED].suspended_until,
                consecutive=attempts.consecutive,
            )


def _spell_place(last: Attempts, kind: LockKind) -> str:
    latest = rules.latest(last)
    return last.key if kind is LockKind.AT_CEILING or latest is None else f"{latest.isoformat()}~{last.key}"


def _read_place(presented: str) -> tuple[datetime, str]:
    moment, _, key = presented.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise Invalid("/after", "This is no place in the list.") from None
    if at.tzinfo is None:
        raise Invalid("/after", "This is no place in the list.")
    return at, key
