"""What limits ask of the outside."""

from abc import abstractmethod
from datetime import timedelta
from typing import Protocol

from pydantic.dataclasses import dataclass

from doorward.core.limits.records import Limit


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a budget holds after a request: whether that fits, how many more do, and when the budget is whole again.

    For a request that does not fit, `reset_after` is when the next one does.
    """

    admitted: bool
    remaining: int
    reset_after: timedelta


class RateCounters(Protocol):
    """Counts requests against limits."""

    @abstractmethod
    def hit(self, limit: Limit, key: str) -> Allowance:
        """Count one request of `key` against `limit`, atomically, and return what is left.

        When the counter's server is away, a counter in this process takes over; a limit is never skipped.
        """
