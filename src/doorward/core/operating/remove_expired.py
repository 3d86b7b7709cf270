"""Removing what has had its time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from doorward.core.accounts.ports import HasClaims
from doorward.core.accounts.records import CLAIM_LIVES_FOR
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.login.ports import HasAttempts, HasDevices
from doorward.core.login.rules import SUSPENDED_FOR
from doorward.core.oauth.ports import HasGrants
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import SPENT
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.rules import KEPT_WHEN_DONE
from doorward.core.sessions.ports import HasSessions

_ENDED_SESSIONS_KEPT_FOR: Final = timedelta(days=30)
_ONETIMES_KEPT_FOR: Final = timedelta(days=1)
_SPENT_KEPT_FOR: Final = timedelta(minutes=10)
"""There may be many, and they need to outlive their age only by what the clocks of instances differ."""


class ExpiryWork(HasClaims, HasSessions, HasGrants, HasDevices, HasAttempts, HasOneTimes, HasOutbox, Protocol):
    """What is removed from."""


@dataclass(frozen=True, slots=True)
class RemoveExpired:
    """Remove expired claims, sessions, grants, devices, attempts, one-time artefacts and done jobs.

    Each kind in units of work of its own, until nothing of it is left: a store may remove some at a time, so that no
    other writer waits for all that has gathered.
    """

    work: OpensWork[ExpiryWork]
    clock: Clock

    def __call__(self) -> dict[str, int]:
        """Return how many of each kind were removed."""
        now = self.clock.now()
        return {kind: self._all_of(purge, now) for kind, purge in _KINDS.items()}

    def _all_of(self, purge: Callable[[ExpiryWork, datetime], int], now: datetime) -> int:
        removed = 0
        while True:
            with self.work() as work:
                gone = purge(work, now)
            if not gone:
                return removed
            removed += gone


def _onetimes(work: ExpiryWork, now: datetime) -> int:
    spent = sum(work.onetimes.purge(now - _SPENT_KEPT_FOR, purpose) for purpose in sorted(SPENT))
    return work.onetimes.purge(now - _ONETIMES_KEPT_FOR) + spent


_KINDS: Final[Mapping[str, Callable[[ExpiryWork, datetime], int]]] = MappingProxyType(
    {
        "claims": lambda work, now: work.claims.purge(now - CLAIM_LIVES_FOR),
        "sessions": lambda work, now: work.sessions.purge(now - _ENDED_SESSIONS_KEPT_FOR),
        "grants": lambda work, now: work.grants.purge(now - _ENDED_SESSIONS_KEPT_FOR),
        "devices": lambda work, now: work.devices.purge(now),
        "attempts": lambda work, now: work.attempts.purge(now - 2 * SUSPENDED_FOR),
        "onetimes": _onetimes,
        "jobs": lambda work, now: work.outbox.purge(now - KEPT_WHEN_DONE),
    }
)
