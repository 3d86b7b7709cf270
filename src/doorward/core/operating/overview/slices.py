"""What happened in the last hour, part by part, from the figures that a process took down meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from doorward.core.operating.figures import Figures

KEPT_FOR: Final = timedelta(hours=1)
EVERY: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Slice:
    """What happened between two moments. Times are in milliseconds, None while nothing was answered.

    `ready` and `dead` are the jobs of all processes; None where the store did not answer.
    """

    since: datetime
    until: datetime
    signed_in: int
    refused: int
    limited: int
    answered: int
    median: float | None
    slowest: float | None
    ready: int | None
    dead: int | None


def slices(history: Sequence[Figures], count: int) -> tuple[Slice, ...]:
    """Return the time that a history spans in at most `count` parts of as many moments each, the earliest first."""
    step = max(1, -(-(len(history) - 1) // count))
    marks = [*reversed(history[::-1][::step])]
    return tuple(_between(before, after) for before, after in pairwise(marks))


def _between(before: Figures, after: Figures) -> Slice:
    counted = after.counted - before.counted
    signed_in = counted.logins.get("accepted", 0)
    return Slice(
        since=datetime.fromtimestamp(before.taken_at, UTC),
        until=datetime.fromtimestamp(after.taken_at, UTC),
        signed_in=int(signed_in),
        refused=int(sum(counted.logins.values()) - signed_in),
        limited=int(sum(counted.rate_limited.values())),
        answered=int(counted.answers.count),
        median=_milliseconds(counted.answers.quantile(0.5)),
        slowest=_milliseconds(counted.answers.quantile(0.95)),
        ready=_jobs(after, "ready"),
        dead=_jobs(after, "dead"),
    )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds


def _jobs(figures: Figures, state: str) -> int | None:
    count = figures.queue.get(state)
    return None if count is None else int(count)
