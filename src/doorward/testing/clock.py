"""A clock that stands still until it is moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from doorward.core.kernel.clock import Clock

START: Final = datetime(2026, 1, 1, tzinfo=UTC)


class FixedClock(Clock):
    """Tells the same time until somebody advances or sets it. A pause advances it too, so nothing ever waits.

    `then` is called after each advance, not after a pause: that is in the middle of something.
    """

    def __init__(self, start: datetime = START, *, then: Callable[[], object] = lambda: None) -> None:
        self._now = start
        self._steady = start.timestamp()
        self._then = then
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the time that was set."""
        return self._now

    def steady(self) -> float:
        """Return the seconds by which it was advanced, counted from a whole hour."""
        return self._steady

    def pause(self, duration: timedelta) -> None:
        """Move the time on by `duration`."""
        self._move(duration)

    def advance(self, duration: timedelta) -> datetime:
        """Move the time on by `duration`, and return the new time. Back means that the clock was set."""
        moved = self._move(duration)
        self._then()
        return moved

    def _move(self, duration: timedelta) -> datetime:
        with self._lock:
            self._now += duration
            self._steady += max(duration.total_seconds(), 0.0)
            return self._now

    def set_by(self, step: timedelta) -> datetime:
        """Set the clock, forward or back, while no time passes, and return the new time."""
        with self._lock:
            self._now += step
            return self._now
