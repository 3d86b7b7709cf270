"""What happens at the doors, in the lanes and in the worker becomes spans."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Final, TypeVar

import doorward
from doorward.api.doors import Trace, Traces
from doorward.core.kernel import cause
from doorward.core.kernel.clock import Clock
from doorward.core.outbox.records import Job
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings
from doorward.telemetry import spans
from doorward.telemetry.metrics import Metrics
from doorward.telemetry.spans import Place, Span, SpanKind, TakesSpans, Told

ResultT = TypeVar("ResultT")

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER: Final = "_OTHER"
_SERVER_ERROR: Final = 500


def open_traces(settings: Settings, metrics: Metrics, clock: Clock) -> "HouseTraces | None":
    """Return what follows requests, or None where nobody listens. Nothing is connected yet.

    Raises: SettingsInvalid, when the library is not installed.
    """
    telemetry = settings.telemetry
    if telemetry.otlp_url is None:
        return None
    try:
        from doorward.telemetry.otlp import Collector  # noqa: PLC0415 (its library is an extra)
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] != "opentelemetry":
            raise
        why, remedy = "DOORWARD_OTLP_URL says where traces go.", "Run: pip install 'doorward[otel]'"
        raise SettingsInvalid([Problem("OpenTelemetry is not installed.", why, remedy)]) from None
    takes = Collector(telemetry.otlp_url, telemetry.collector_headers(), metrics, version=doorward.__version__)
    return HouseTraces(takes, clock, telemetry.otlp_sample_ratio)


@dataclass(frozen=True, slots=True)
class HouseTraces(Traces):
    """Gives each request its place in a trace, and tells of it, of its flows and of its jobs when they are over.

    `ratio` is the part of requests that is kept, of those whose gateway does not say which are.
    """

    takes: TakesSpans
    clock: Clock
    ratio: float

    def begin(self, traceparent: str | None, request_id: str) -> Trace | None:
        """Return the trace of a request that begins; `traceparent` is what a trusted gateway says of it."""
        is_told = spans.read(traceparent) is not None
        place = self._below(traceparent) if is_told else spans.begun(request_id, ratio=self.ratio)
        return None if place is None else _Request(self, place, request_id)

    def around(self, lane: str, call: Callable[[], ResultT]) -> Callable[[], ResultT]:
        """Return what does the same and tells how long it took, as a flow of that lane, where it belongs to a trace."""
        name = _name_of(call)

        def traced() -> ResultT:
            with self.within(name, SpanKind.INTERNAL, {"doorward.lane": lane}, cause.trace()):
                return call()

        return traced

    @contextmanager
    def job(self, job: Job) -> Iterator[None]:
        """Let what a job does belong to the trace of the request that made it necessary."""
        told: dict[str, Told] = {"doorward.job": job.id, "doorward.attempt": job.attempts}
        if job.request_id is not None:
            told["doorward.request_id"] = job.request_id
        with self.within(job.name, SpanKind.CONSUMER, told, job.traceparent):
            yield

    @contextmanager
    def within(self, name: str, kind: SpanKind, told: dict[str, Told], parent: str | None) -> Iterator[None]:
        """Tell how long the block took, below a span; nothing where there is none."""
        place = self._below(parent)
        if place is None:
            yield
            return
        started = perf_counter()
        try:
            with cause.within(place.traceparent):
                yield
        except BaseException as error:
            told["error.type"] = type(error).__name__
            raise
        finally:
            self.tell(place, name, kind, told, seconds=perf_counter() - started, has_failed=False)

    def tell(
        self, place: Place, name: str, kind: SpanKind, told: dict[str, Told], *, seconds: float, has_failed: bool
    ) -> None:
        """Tell of something that is over, and took so long."""
        ended_at = self.clock.now().timestamp()
        self.takes.take(Span(place, name, kind, ended_at - seconds, ended_at, told, has_failed=has_failed))

    @staticmethod
    def _below(parent: str | None) -> Place | None:
        return None if parent is None else spans.below(parent)


@dataclass(frozen=True, slots=True)
class _Request(Trace):
    """One request that is kept."""

    traces: HouseTraces
    place: Place
    request_id: str

    @property
    def traceparent(self) -> str:
        """What belongs to it names it so."""
        return self.place.traceparent

    def end(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Tell of it. Of its address there is the path as declared alone."""
        verb = method if method in _METHODS else _OTHER
        told: dict[str, Told] = {
            "http.request.method": verb,
            "http.route": route,
            "http.response.status_code": status,
            "doorward.request_id": self.request_id,
        }
        self.traces.tell(
            self.place,
            f"{verb} {route}",
            SpanKind.SERVER,
            told,
            seconds=seconds,
            has_failed=status >= _SERVER_ERROR,
        )


def _name_of(call: object) -> str:
    """Return the name of a flow, which is a word of ours: its class, or its function."""
    flow = call.func if isinstance(call, partial) else call
    owner = getattr(flow, "__self__", None)
    if owner is not None and not isinstance(owner, type):
        return f"{type(owner).__name__}.{getattr(flow, '__name__', '')}"
    name = getattr(flow, "__qualname__", None)
    return name if isinstance(name, str) else type(flow).__name__
