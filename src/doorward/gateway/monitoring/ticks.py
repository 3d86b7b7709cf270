"""Time as Prometheus counts it here: by how often it asks."""

from dataclasses import dataclass
from typing import Final

WINDOW: Final = 20
"""How many looks a rate is taken over: five minutes of one every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Durations by the seconds from one look to the next, so that all that waits for something waits for looks."""

    every_seconds: float

    def __call__(self, number: int) -> str:
        """Return how long so many looks take, as Prometheus writes it."""
        milliseconds = round(self.every_seconds * number * 1000)
        return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"

    def seconds(self, number: int) -> float:
        """Return the same in seconds."""
        return self.every_seconds * number

    @property
    def window(self) -> str:
        """What rates are taken over."""
        return self(WINDOW)
