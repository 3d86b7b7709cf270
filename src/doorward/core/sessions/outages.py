"""When nobody could be answered: time that no client is blamed for."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
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
    its token grew old: without this, each outage longer than the overlap would sign somebody out.
    """

    clock: Clock
    _past: deque[tuple[datetime, datetime]] = field(init=False)
    _away_since: datetime | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        start = self.clock.now()
        self._past = deque([(start - MAY_HAVE_BEEN_DOWN_FOR, start)], maxlen=_REMEMBERED)

    @contextmanager
    def noticed(self, began_at: datetime) -> Iterator[None]:
        """Learn from what the block meets, which began at a moment, whether the store is there."""
        try:
            yield
        except Unavailable:
            with self._lock:
                self._away_since = min(began_at, self._away_since or began_at)
            raise
        if self._away_since is not None:
            self._end()

    def within(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of the time between two moments nobody could be answered."""
        with self._lock:
            outages = [*self._past, *([(self._away_since, until)] if self._away_since else [])]
        reached, total = since, timedelta(0)
        for begin, end in sorted(outages):
            begin, end = max(begin, reached), min(end, until)  # noqa: PLW2901 (cut to what is asked about)
            if begin < end:
                reached, total = end, total + (end - begin)
        return total

    def _end(self) -> None:
        with self._lock:
            began_at, self._away_since = self._away_since, None
            if began_at is not None:
                self._past.append((began_at, self.clock.now()))
