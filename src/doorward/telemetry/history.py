"""The last hour of what this process counted, in its own memory."""

from collections import deque
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

from doorward.core.kernel.clock import Clock
from doorward.core.operating.overview.figures import EVERY, KEPT_FOR, Figures

_LOGINS: Final = "doorward_logins_total"
_LIMITED: Final = "doorward_rate_limited_total"
_DURATIONS: Final = "doorward_http_request_duration_seconds_bucket"
_READ: Final = frozenset({_LOGINS, _LIMITED, _DURATIONS})

Waiting = Callable[[], tuple[int, int] | None]
"""Returns how many jobs are ready and how many are dead; None when the store does not answer."""


class History:
    """Takes down the figures of a process every half minute, and keeps those of an hour.

    It is of this process alone and ends with it: what is kept for longer, and of all of them together, is what
    Prometheus is for. A thread of its own reads them, so nothing is added to any request.
    """

    def __init__(self, registry: CollectorRegistry, clock: Clock, waiting: Waiting) -> None:
        self._registry = registry
        self._clock = clock
        self._waiting = waiting
        self._kept: deque[Figures] = deque(maxlen=KEPT_FOR // EVERY + 1)
        self._is_over = Event()
        self._thread = Thread(target=self._take_for_ever, name="history", daemon=True)

    def start(self) -> None:
        """Begin to take the figures down."""
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    def read(self) -> tuple[Figures, ...]:
        """Return what was taken down, the earliest first."""
        return tuple(self._kept)

    def take(self) -> None:
        """Take the figures of this moment down."""
        samples = list(self._samples())
        waiting = self._waiting()
        durations: dict[float, int] = {}
        for sample in samples:
            if sample.name == _DURATIONS:
                bound = float(sample.labels["le"])
                durations[bound] = durations.get(bound, 0) + int(sample.value)
        taken = Figures(
            at=self._clock.now(),
            signed_in=_total(samples, _LOGINS, "accepted"),
            refused=_total(samples, _LOGINS) - _total(samples, _LOGINS, "accepted"),
            limited=_total(samples, _LIMITED),
            durations=tuple(sorted(durations.items())),
            ready=waiting and waiting[0],
            dead=waiting and waiting[1],
        )
        self._kept.append(taken)

    def _samples(self) -> Iterator[Sample]:
        for family in self._registry.collect():
            yield from (sample for sample in family.samples if sample.name in _READ)

    def _take_for_ever(self) -> None:
        while not self._is_over.is_set():
            self.take()
            self._is_over.wait(EVERY.total_seconds())


def _total(samples: list[Sample], name: str, outcome: str | None = None) -> int:
    of_name = (sample for sample in samples if sample.name == name)
    return sum(int(sample.value) for sample in of_name if outcome in (None, sample.labels.get("outcome")))
