"""Who is told how it stands with the server."""

from abc import abstractmethod
from typing import Protocol


class Notes(Protocol):
    """Makes logs and metrics of it. Called from any thread; no call may block or raise."""

    @abstractmethod
    def away(self, *, reason: str) -> None:
        """Take note that the server does not answer; told once, until it is back."""

    @abstractmethod
    def back(self) -> None:
        """Take note that the server answers again."""

    @abstractmethod
    def fell_back(self) -> None:
        """Take note of a request that was counted in this process alone."""

    @abstractmethod
    def lost_touch(self, *, reason: str) -> None:
        """Take note that news from other instances may be missed; told once, until the feed is back."""

    @abstractmethod
    def in_touch(self) -> None:
        """Take note that news from other instances come in."""

    @abstractmethod
    def came_back(self, *, seconds: float) -> None:
        """Take note that this process heard its own news, and how long after it told them."""

    @abstractmethod
    def overflowed(self) -> None:
        """Take note that so much changed at once that others are told to forget everything."""
