"""The store with a watch on it: how long it is used, how often at once, and how often it fails."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Generic, TypeVar

from doorward.assembly.flows import Work
from doorward.assembly.store import Store
from doorward.core.kernel.errors import Unavailable
from doorward.core.operating.records import Schema
from doorward.core.sessions.records import Profile, Rotation, Session
from doorward.telemetry.metrics import Metrics

InnerT = TypeVar("InnerT")


class _Use(AbstractContextManager[InnerT], Generic[InnerT]):
    """One use of the store. A class of its own: a generator around it would cost more than what it measures."""

    __slots__ = ("_inner", "_metrics", "_operation", "_started", "_tally")

    def __init__(self, inner: AbstractContextManager[InnerT], metrics: Metrics, operation: str) -> None:
        self._inner = inner
        self._metrics = metrics
        self._operation = operation
        self._tally = metrics.store[operation]
        self._started = 0.0

    def __enter__(self) -> InnerT:
        self._tally.begin()
        self._started = perf_counter()
        try:
            return self._inner.__enter__()
        except BaseException as error:
            self._end(error)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            is_handled = self._inner.__exit__(kind, error, trace)
        except BaseException as failure:
            self._end(failure)
            raise
        self._end(None)
        return is_handled

    def _end(self, failure: BaseException | None) -> None:
        """Count it. What a flow raised inside, the store hands back as it is: a failure is what the store raises."""
        self._tally.end(perf_counter() - self._started)
        if isinstance(failure, Unavailable):
            self._metrics.store_failed(self._operation)


@dataclass(frozen=True, slots=True)
class MeasuredStore(Store):
    """A store that counts how it is used."""

    inner: Store
    metrics: Metrics

    def work(self) -> AbstractContextManager[Work]:
        """Open a unit of work."""
        return _Use(self.inner.work(), self.metrics, "write")

    def view(self) -> AbstractContextManager[Work]:
        """Open a view."""
        return _Use(self.inner.view(), self.metrics, "read")

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Rotate sessions, and count them."""
        tally, started = self.metrics.store["rotate"], perf_counter()
        tally.begin()
        try:
            rotated = self.inner.rotate(rotations)
        except Unavailable:
            self.metrics.store_failed("rotate")
            raise
        finally:
            tally.end(perf_counter() - started)
        self.metrics.rotated(found[0].kind for found in rotated if found is not None)
        return rotated

    def check(self) -> None:
        """Return when the store answers."""
        self.inner.check()

    def schema(self) -> Schema:
        """Return the shape of what is kept."""
        return self.inner.schema()

    def close(self) -> None:
        """Close every connection."""
        self.inner.close()
