"""When a failed job runs again, and when it is given up."""

from datetime import datetime, timedelta
from typing import Final

from doorward.core.outbox.records import Job

MAX_ATTEMPTS: Final = 16
LEASE: Final = timedelta(seconds=60)
KEPT_WHEN_DONE: Final = timedelta(days=2)
_FIRST_DELAY: Final = timedelta(seconds=5)
_LONGEST_DELAY: Final = timedelta(hours=6)


def next_run(job: Job, now: datetime, *, spread: float) -> datetime | None:
    """Return when a job that just failed runs again, or None when it is given up.

    The delay doubles with every attempt up to six hours, which is about two days in all. `spread` between 0 and 1
    moves the moment within the second half of the delay, so that jobs which failed together do not return together.
    """
    if job.attempts >= MAX_ATTEMPTS:
        return None
    doublings: int = 2 ** max(job.attempts - 1, 0)
    delay = min(_FIRST_DELAY * doublings, _LONGEST_DELAY)
    return now + delay * (0.5 + 0.5 * spread)
