"""Counters in this process, in a bounded table."""

from collections import OrderedDict
from datetime import timedelta
from math import floor
from typing import Final

from limits.storage import SlidingWindowCounterSupport, Storage
from limits.storage.base import TimestampedSlidingWindow

from doorward.core.kernel.clock import Clock

_SWEPT_AT_ONCE: Final = 8
_PUT_FORWARD: Final = timedelta(days=10_000).total_seconds()
"""By how much steady time is put forward, a whole number of windows. It begins near zero where a machine has just
started, and until the first window ends the library takes the present one for the one before too, and counts twice."""


class BoundedStorage(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Keeps at most `capacity` counters in steady time, which no step of the clock moves, and starts no threads.

    Every write removes some counters that have expired; when the table is full, the one touched longest ago goes. It
    holds no lock: whoever calls it does.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock, *, capacity: int) -> None:
        super().__init__()
        self._clock = clock
        self._capacity = capacity
        self._counters: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counters)

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        return self._count(key, expiry, amount, self._now())

    def get(self, key: str) -> int:
        return self._live(key, self._now())[0]

    def get_expiry(self, key: str) -> float:
        return self._live(key, self._now())[1]

    def clear(self, key: str) -> None:
        self._counters.pop(key, None)

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counters)
        self._counters.clear()
        return count

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.spend(key, limit, expiry, amount)[0]

    def spend(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, tuple[int, float, int, float]]:
        """Count `amount` if it fits, and return whether it did, with the window as `get_sliding_window` has it then."""
        now = self._now()
        before, before_lasts, present, present_lasts = self._window(key, expiry, now)
        if floor(before * before_lasts / expiry + present) + amount > limit:
            return False, (before, before_lasts, present, present_lasts)
        # The counter is needed for one more window, as the one before.
        self._count(self.sliding_window_keys(key, expiry, now)[1], 2 * expiry, amount, now)
        return True, (before, before_lasts, present + amount, present_lasts)

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        return self._window(key, expiry, self._now())

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        for window_key in self.sliding_window_keys(key, expiry, self._now()):
            self.clear(window_key)

    def _now(self) -> float:
        return self._clock.steady() + _PUT_FORWARD

    def _window(self, key: str, expiry: int, now: float) -> tuple[int, float, int, float]:
        before_key, present_key = self.sliding_window_keys(key, expiry, now)
        to_end = expiry - now % expiry
        before = self._live(before_key, now)[0]
        return before, to_end if before else 0.0, self._live(present_key, now)[0], to_end + expiry

    def _count(self, key: str, expiry: float, amount: int, now: float) -> int:
        count, expires_at = self._live(key, now)
        if not count:
            expires_at = now + expiry
        self._counters[key] = (count + amount, expires_at)
        self._counters.move_to_end(key)
        self._sweep(now)
        return count + amount

    def _live(self, key: str, now: float) -> tuple[int, float]:
        count, expires_at = self._counters.get(key, (0, now))
        return (count, expires_at) if now < expires_at else (0, now)

    def _sweep(self, now: float) -> None:
        for _ in range(_SWEPT_AT_ONCE):
            key, (_, expires_at) = next(iter(self._counters.items()))
            if now < expires_at and len(self._counters) <= self._capacity:
                return
            del self._counters[key]
