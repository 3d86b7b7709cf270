"""The time of the machine."""

import time
from datetime import UTC, datetime, timedelta

from doorward.core.kernel.clock import Clock


class SystemClock(Clock):
    """Tells the machine's time, and waits for real."""

    def now(self) -> datetime:
        """Return the present in UTC."""
        return datetime.now(UTC)  # noqa: TID251 (the one place that asks the machine)

    def steady(self) -> float:
        """Return seconds that never step."""
        return time.monotonic()

    def pause(self, duration: timedelta) -> None:
        """Wait for real."""
        time.sleep(max(duration.total_seconds(), 0))  # noqa: TID251 (same)
