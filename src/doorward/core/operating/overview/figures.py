"""What one process has counted, moment by moment, and what happened between two of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

KEPT_FOR: Final = timedelta(hours=1)
EVERY: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a process has counted since it began, up to a moment.

    `durations` are pairs of a bound in seconds and how many answers took no longer, the bounds rising to infinity.
    `ready` and `dead` are the jobs of all processes; None where the store did not answer.
    """

    at: datetime
    signed_in: int
    refused: int
    limited: int
    durations: tuple[tuple[float, int], ...]
    ready: int | None
    dead: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """What happened between two moments. Times are in milliseconds, None while nothing was answered."""

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


def quantile(durations: Iterable[tuple[float, int]], share: float) -> float | None:
    """Return the time in milliseconds within which a share of all answers was given; None when there was none.

    Within a class of durations they count as evenly spread, and beyond the last bound as being it.
    """
    classes = list(durations)
    wanted = share * classes[-1][1] if classes else 0.0
    below, counted = 0.0, 0
    for bound, count in classes:
        if count >= wanted and count > counted:
            reached = min(bound, 2 * below) if bound == float("inf") else bound
            return 1000 * (below + (reached - below) * (wanted - counted) / (count - counted))
        below, counted = (below if bound == float("inf") else bound), count
    return None


def _between(before: Figures, after: Figures) -> Slice:
    earlier = dict(before.durations)
    durations = [(bound, count - earlier.get(bound, 0)) for bound, count in after.durations]
    return Slice(
        since=before.at,
        until=after.at,
        signed_in=after.signed_in - before.signed_in,
        refused=after.refused - before.refused,
        limited=after.limited - before.limited,
        answered=durations[-1][1] if durations else 0,
        median=quantile(durations, 0.5),
        slowest=quantile(durations, 0.95),
        ready=after.ready,
        dead=after.dead,
    )
