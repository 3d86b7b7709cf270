"""The one source of time: flows ask their clock, rules are told."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and lets a flow wait."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the present as an aware datetime in UTC."""

    @abstractmethod
    def steady(self) -> float:
        """Return seconds since a moment of this process's own, which never step: for how long something has lasted.

        Whether they go on while the machine sleeps is left open; where that matters, ask `now` too.
        """

    @abstractmethod
    def pause(self, duration: timedelta) -> None:
        """Return after `duration`; a virtual clock moves its time on instead of waiting."""
