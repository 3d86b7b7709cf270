"""Removing what has had its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """Remove expired claims, sessions, grants, devices, attempts, one-time artefacts and done jobs."""

    work: OpensWork[ExpiryWork]
    clock: Clock

    def __call__(self) -> dict[str, int]:
        """Return how many of each kind were removed."""
        now = self.clock.now()
        with self.work() as work:
            return {
                "claims": work.claims.purge(now - CLAIM_LIVES_FOR),
                "sessions": work.sessions.purge(now - _ENDED_SESSIONS_KEPT_FOR),
                "grants": work.grants.purge(now - _ENDED_SESSIONS_KEPT_FOR),
                "devices": work.devices.purge(now),
                "attempts": work.attempts.purge(now - 2 * SUSPENDED_FOR),
                "onetimes": work.onetimes.purge(now - _ONETIMES_KEPT_FOR) + self._spent(work, now),
                "jobs": work.outbox.purge(now - KEPT_WHEN_DONE),
            }

    @staticmethod
    def _spent(work: ExpiryWork, now: datetime) -> int:
        return sum(work.onetimes.purge(now - _SPENT_KEPT_FOR, purpose) for purpose in sorted(SPENT))
