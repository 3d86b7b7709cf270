"""Guarding password checks: a slot is taken before the check, and settled after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId, new_id
from doorward.core.kernel.secrets import mac
from doorward.core.login import rules
from doorward.core.login.ports import AttemptBook
from doorward.core.login.records import Attempts
from doorward.core.login.rules import Admission

_TRIES: Final = 1000
_BUCKETS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in line for one password check. With an admission of REFUSED the check must be a dummy."""

    key: str
    lane: str
    name: str
    admission: Admission


@dataclass(frozen=True, slots=True)
class Guard:
    """Takes and settles slots. `lookup_key` hides which unknown names were tried."""

    clock: Clock
    lookup_key: bytes

    def key_of(self, account_id: AccountId | None, login_key: str) -> str:
        """Return under what failures are counted: the account, or one of about a million groups of unknown names.

        The groups bound what an attacker can make the store keep; no account ever shares a record with them.
        """
        if account_id is not None:
            return account_id
        group = int.from_bytes(mac(self.lookup_key, b"unknown", login_key.encode())[:4]) % _BUCKETS
        return f"?{group:05x}"

    def take(self, book: AttemptBook, key: str, lane: str) -> Slot:
        """Return a slot; whether the password may be checked is its admission. WAIT: take again after a pause."""
        now = self.clock.now()
        name = new_id(now)
        for _ in range(_TRIES):
            before = book.of(key)
            admission, after = rules.reserve(before, lane, slot=name, now=now)
            if book.put(after, expected_version=before.version):
                return Slot(key, lane, name, admission)
        raise Unavailable(retry_after=timedelta(seconds=1))

    def settle(self, book: AttemptBook, slot: Slot, *, is_right: bool, now: datetime) -> bool:
        """Write what the check showed, and tell whether it has just suspended the slot's lane."""
        for _ in range(_TRIES):
            before = book.of(slot.key)
            after = self._after(before, slot, is_right=is_right, now=now)
            if book.put(after, expected_version=before.version):
                return rules.has_just_suspended(before, after, slot.lane, now=now)
        raise Unavailable(retry_after=timedelta(seconds=1))

    @staticmethod
    def _after(before: Attempts, slot: Slot, *, is_right: bool, now: datetime) -> Attempts:
        if slot.admission is not Admission.ADMITTED:
            return before
        if is_right:
            return rules.succeeded(before, slot.lane, slot=slot.name)
        return rules.failed(before, slot.lane, slot=slot.name, now=now)
