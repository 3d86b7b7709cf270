"""When nobody could be answered: time that no client is blamed for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable

MAY_HAVE_BEEN_DOWN_FOR: Final = timedelta(minutes=5)
"""How long before its start this process may have been down for, as nobody saw it."""

_REMEMBERED: Final = 16


@dataclass(slots=True)
class Outages:
    """Remembers when the store could not be reached from this process, and that it did not run before its start.

    A client whose answer was lost asks again until it is heard. The time in which nobody could hear it is none in which
    its token grew old: without this, each outage longer than the overlap would sign somebody out. Threads share it
    without a lock: what is kept is replaced whole, and an outage that two of them note counts once.
    """

    clock: Clock
    _past: tuple[tuple[datetime, datetime], ...] = field(init=False)
    _away_since: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        start = self.clock.now()
        self._past = ((start - MAY_HAVE_BEEN_DOWN_FOR, start),)

    @contextmanager
    def noticed(self, began_at: datetime) -> Iterator[None]:
        """Learn from what the block meets, which began at a moment, whether the store is there."""
        try:
            yield
        except Unavailable:
            self._away_since = min(began_at, self._away_since or began_at)
            raise
        away_since = self._away_since
        if away_since is not None:
            self._past = (*self._past, (away_since, self.clock.now()))[-_REMEMBERED:]
            self._away_since = None

    def within(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of the time between two moments nobody could be answered."""
        away_since = self._away_since
        outages = self._past if away_since is None else (*self._past, (away_since, until))
        reached, total = since, timedelta(0)
        for begin, end in sorted(outages):
            first, last = max(begin, reached), min(end, until)
            if first < last:
                reached, total = last, total + (last - first)
        return total
