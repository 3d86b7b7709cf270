"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from doorward.core.kernel.clock import Clock

START: Final = datetime(2026, 1, 1, tzinfo=UTC)


class FixedClock(Clock):
    """Tells the same time until somebody advances it. A pause advances it too, so nothing ever waits."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the time that was set."""
        return self._now

    def pause(self, duration: timedelta) -> None:
        """Move the time on by `duration`."""
        self.advance(duration)

    def advance(self, duration: timedelta) -> datetime:
        """Move the time on by `duration`, and return the new time."""
        with self._lock:
            self._now += duration
            return self._now
