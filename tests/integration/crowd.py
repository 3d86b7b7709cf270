"""Many callers at one moment, as real threads."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, Event
from time import monotonic
from typing import TypeVar

from doorward.core.kernel.errors import Refusal, Unavailable
from doorward.testing.clock import START, FixedClock

_ASKS = 10

ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")


class PatientClock(FixedClock):
    """Stands still like its parent, but a pause is a real one, for the others get on meanwhile, and counts as time."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
        self._began = monotonic()

    def steady(self) -> float:
        return super().steady() + monotonic() - self._began

    def pause(self, duration: timedelta) -> None:
        Event().wait(duration.total_seconds())


def at_once(call: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> tuple[list[ResultT], Counter[str]]:
    """Call with every item at the same moment, and return the answers, and how often which refusal came instead."""
    start = Barrier(len(items))

    def run(item: ItemT) -> ResultT | Refusal:
        start.wait()
        try:
            return call(item)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(items)) as threads:
        results = list(threads.map(run, items))
    answers = [result for result in results if not isinstance(result, Refusal)]
    return answers, Counter(type(result).__name__ for result in results if isinstance(result, Refusal))


def patiently(call: Callable[[], ResultT]) -> ResultT:
    """Call again when told to come back later, as a client does that reads Retry-After, and return the answer."""
    for _ in range(_ASKS):
        with suppress(Unavailable):
            return call()
    return call()
