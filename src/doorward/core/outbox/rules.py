"""When a failed job runs again, and when it is given up."""

from datetime import datetime, timedelta
from typing import Final

from doorward.core.outbox.records import Job

MAX_ATTEMPTS: Final = 23
LEASE: Final = timedelta(seconds=60)
KEPT_WHEN_DONE: Final = timedelta(days=2)
_FIRST_DELAY: Final = timedelta(seconds=5)
_LONGEST_DELAY: Final = timedelta(hours=6)


def next_run(job: Job, now: datetime, *, spread: float, every: timedelta | None = None) -> datetime | None:
    """Return when a job that just failed runs again, or None when it is given up.

    The delay doubles with every attempt up to six hours, which is about two days in all, and 32 hours at least.
    `spread` between 0 and 1 moves the moment within the second half of the delay, so that jobs which failed together
    do not return together. What comes again `every` so often waits no longer than that, and is never given up. A job
    that a person revived has another round of attempts.
    """
    failed_before = max(job.attempts - 1, 0)
    failed_before = min(failed_before, MAX_ATTEMPTS) if every else failed_before % MAX_ATTEMPTS
    if failed_before == MAX_ATTEMPTS - 1 and every is None:
        return None
    doublings: int = 2**failed_before
    delay = min(_FIRST_DELAY * doublings, every or _LONGEST_DELAY)
    return now + delay * (0.5 + 0.5 * spread)


def attempts_when_revived(job: Job) -> int:
    """Return the attempts that a dead job goes on from: it has a whole round again, and no number comes twice."""
    return -(-job.attempts // MAX_ATTEMPTS) * MAX_ATTEMPTS


def is_due_for_prolonging(until: datetime, now: datetime) -> bool:
    """Tell whether a lease should be prolonged: a third of it is over, or the clock was put back since."""
    return not until - LEASE <= now < until - LEASE * 2 / 3
