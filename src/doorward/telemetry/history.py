"""The last hour of what this process counted, in its own memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

from prometheus_client import CollectorRegistry

from doorward.core.kernel.clock import Clock
from doorward.core.operating.figures import Counts, Figures
from doorward.core.operating.overview.slices import EVERY, KEPT_FOR
from doorward.telemetry.reading import figures_of

Queue = Callable[[], Counts]
"""Returns how many jobs stand in each state; nothing when the store does not answer."""


class History:
    """Takes down the figures of a process every half minute, and keeps those of an hour.

    It is of this process alone and ends with it: what is kept for longer, and of all of them together, is what
    Prometheus is for. A thread of its own reads them, so nothing is added to any request.
    """

    def __init__(self, registry: CollectorRegistry, clock: Clock, queue: Queue) -> None:
        self._registry = registry
        self._clock = clock
        self._queue = queue
        self._kept: deque[Figures] = deque(maxlen=KEPT_FOR // EVERY + 1)
        self._is_over = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to take the figures down; an application that lives again does so again."""
        self.close()
        self._is_over.clear()
        self._thread = Thread(target=self._take_for_ever, name="history", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def read(self) -> tuple[Figures, ...]:
        """Return what was taken down, the earliest first."""
        return tuple(self._kept)

    def take(self) -> None:
        """Take the figures of this moment down."""
        taken = figures_of(self._registry.collect(), taken_at=self._clock.now().timestamp())
        self._kept.append(replace(taken, queue=self._queue()))

    def _take_for_ever(self) -> None:
        while not self._is_over.is_set():
            self.take()
            self._is_over.wait(EVERY.total_seconds())
