"""Counters in this process, in a bounded table."""

from collections import OrderedDict
from math import floor
from typing import Final

from limits.storage import SlidingWindowCounterSupport, Storage
from limits.storage.base import TimestampedSlidingWindow

from doorward.core.kernel.clock import Clock

_SWEPT_AT_ONCE: Final = 8


class BoundedStorage(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """Keeps at most `capacity` counters on the house's own clock, and starts no threads.

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
        count, expires_at = self._live(key)
        if not count:
            expires_at = self._now() + expiry
        self._counters[key] = (count + amount, expires_at)
        self._counters.move_to_end(key)
        self._sweep()
        return count + amount

    def get(self, key: str) -> int:
        return self._live(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._live(key)[1]

    def clear(self, key: str) -> None:
        self._counters.pop(key, None)

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counters)
        self._counters.clear()
        return count

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        before, before_lasts, present, _ = self.get_sliding_window(key, expiry)
        if floor(before * before_lasts / expiry + present) + amount > limit:
            return False
        # The counter is needed for one more window, as the one before.
        self.incr(self._window_keys(key, expiry)[1], 2 * expiry, amount)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        before_key, present_key = self._window_keys(key, expiry)
        to_end = expiry - self._now() % expiry
        before = self.get(before_key)
        return before, to_end if before else 0.0, self.get(present_key), to_end + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        for window_key in self._window_keys(key, expiry):
            self.clear(window_key)

    def _window_keys(self, key: str, expiry: int) -> tuple[str, str]:
        return self.sliding_window_keys(key, expiry, self._now())

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _live(self, key: str) -> tuple[int, float]:
        now = self._now()
        count, expires_at = self._counters.get(key, (0, now))
        return (count, expires_at) if now < expires_at else (0, now)

    def _sweep(self) -> None:
        now = self._now()
        for _ in range(_SWEPT_AT_ONCE):
            key, (_, expires_at) = next(iter(self._counters.items()))
            if now < expires_at and len(self._counters) <= self._capacity:
                return
            del self._counters[key]
