"""Sliding windows over requests."""

from threading import Lock
from typing import Final

from doorward.adapters.limits.storage import BoundedStorage
from doorward.adapters.limits.window import allowance
from doorward.core.kernel import secrets
from doorward.core.kernel.clock import Clock
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit

CAPACITY: Final = 200_000
_KEY_CHARACTERS: Final = 32


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
        self._key = secrets.random_bytes(secrets.SECRET_BYTES)
        self._lock = Lock()

    def hit(self, limit: Limit, key: str) -> Allowance:
        return self.hit_as(limit, key, weight=1)

    def hit_as(self, limit: Limit, key: str, *, weight: int) -> Allowance:
        """Count one request as if it were `weight` of them: as many as there are counters that share the limit.

        One always fits into an empty window. What was counted with one weight goes on counting with every other.
        """
        amount, seconds = limit.amount * self._scale, int(limit.window.total_seconds())
        weight = min(weight, amount)
        mac = secrets.mac(self._key, key.encode("utf-8", "surrogatepass")).hex()[:_KEY_CHARACTERS]
        with self._lock:
            admitted, window = self._storage.spend(f"{limit.name}/{mac}", amount, seconds, weight)
        return allowance(window, amount=amount, seconds=seconds, admitted=admitted, weight=weight)
