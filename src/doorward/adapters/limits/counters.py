"""Sliding windows over requests."""

from datetime import timedelta
from threading import Lock
from typing import Final

from limits import RateLimitItem, RateLimitItemPerSecond

from doorward.adapters.limits.storage import BoundedStorage
from doorward.core.kernel import secrets
from doorward.core.kernel.clock import Clock
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit

CAPACITY: Final = 200_000
_KEY_CHARACTERS: Final = 32
_A_MOMENT: Final = timedelta(milliseconds=1)


class LimitsCounters(RateCounters):
    """Counts in this process, in sliding windows.

    The window before counts for the share of it that the present one has not reached yet. What is counted is known by a
    MAC under a key that ends with the process: no address stands in memory. `scale` multiplies every amount, for load
    tests.
    """

    def __init__(self, clock: Clock, *, scale: int = 1, capacity: int = CAPACITY) -> None:
        if scale < 1:
            raise ValueError("the scale of limits is at least 1")
        self._scale = scale
        self._storage = BoundedStorage(clock, capacity=capacity)
        self._items: dict[str, RateLimitItem] = {}
        self._key = secrets.random_bytes(secrets.SECRET_BYTES)
        self._lock = Lock()

    def hit(self, limit: Limit, key: str) -> Allowance:
        item = self._items.get(limit.name) or self._item(limit)
        counted = item.key_for(secrets.mac(self._key, key.encode("utf-8", "surrogatepass")).hex()[:_KEY_CHARACTERS])
        seconds = item.get_expiry()
        with self._lock:
            admitted, window = self._storage.spend(counted, item.amount, seconds)
        return _allowance(item, window, admitted=admitted)

    def _item(self, limit: Limit) -> RateLimitItem:
        seconds = int(limit.window.total_seconds())
        item = self._items[limit.name] = RateLimitItemPerSecond(limit.amount * self._scale, seconds, limit.name)
        return item


def _allowance(item: RateLimitItem, window: tuple[int, float, int, float], *, admitted: bool) -> Allowance:
    before, before_lasts, present, present_lasts = window
    seconds = item.get_expiry()
    if not admitted:
        wait = timedelta(seconds=_until_next(item, window)) + _A_MOMENT
        return Allowance(admitted=False, remaining=0, reset_after=wait)
    left = item.amount - int(before * before_lasts / seconds + present)
    return Allowance(admitted=True, remaining=max(left, 0), reset_after=timedelta(seconds=present_lasts))


def _until_next(item: RateLimitItem, window: tuple[int, float, int, float]) -> float:
    """Return after how many seconds the weighted count has fallen below the amount."""
    before, before_lasts, present, present_lasts = window
    seconds = item.get_expiry()
    if present < item.amount:
        return before_lasts - (item.amount - present) * seconds / before
    return present_lasts - seconds * item.amount / present
