"""Telling a collector of spans, through OTLP over HTTP, from a thread of its own."""

from collections import deque
from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.trace import SpanKind as OtelKind

from doorward.telemetry.metrics import Metrics
from doorward.telemetry.spans import Span, SpanKind, TakesSpans

MOST_WAITING: Final = 4096
_AT_ONCE: Final = 512
_GATHERING_SECONDS: Final = 1.0
_ANSWERS_WITHIN_SECONDS: Final = 5.0
_LAST_WORDS_SECONDS: Final = 2.0
_KINDS: Final = {
    SpanKind.SERVER: OtelKind.SERVER,
    SpanKind.INTERNAL: OtelKind.INTERNAL,
    SpanKind.CONSUMER: OtelKind.CONSUMER,
}
_NANO: Final = 1_000_000_000


class Collector(TakesSpans):
    """Takes spans without holding up whoever brings them, and tells a collector once a second.

    When the collector is away at most 4,096 wait, and what comes then is lost and counted: nobody else notices.
    The thread begins with the first span.
    """

    def __init__(self, url: str, headers: Mapping[str, str], metrics: Metrics, *, version: str) -> None:
        self._exporter = OTLPSpanExporter(endpoint=url, headers=dict(headers), timeout=_ANSWERS_WITHIN_SECONDS)
        self._resource = Resource({"service.name": "doorward", "service.version": version})
        self._metrics = metrics
        self._waiting: deque[Span] = deque()
        self._there = Event()
        self._stopped = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def take(self, span: Span) -> None:
        """Take a span."""
        if len(self._waiting) >= MOST_WAITING or self._stopped.is_set():
            self._metrics.spans("lost", 1)
            return
        self._waiting.append(span)
        if not self._there.is_set():
            self._there.set()
            if self._thread is None:
                self._start()

    def close(self) -> None:
        """Tell what waits, unless that takes longer than two seconds."""
        self._stopped.set()
        self._there.set()
        if self._thread is not None:
            self._thread.join(_LAST_WORDS_SECONDS)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the library's own lacks types

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None:
                return
            self._thread = Thread(target=self._serve, name="spans", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            self._there.wait()
            self._stopped.wait(_GATHERING_SECONDS)
            self._there.clear()
            while self._waiting:
                self._tell()

    def _tell(self) -> None:
        count = min(len(self._waiting), _AT_ONCE)
        spans = [self._written(self._waiting.popleft()) for _ in range(count)]
        is_told = self._exporter.export(spans) is SpanExportResult.SUCCESS
        self._metrics.spans("told" if is_told else "lost", count)

    def _written(self, span: Span) -> ReadableSpan:
        place = span.place
        parent = None if place.parent_id is None else _context(place.trace_id, place.parent_id, is_remote=True)
        return ReadableSpan(
            name=span.name,
            context=_context(place.trace_id, place.span_id, is_remote=False),
            parent=parent,
            resource=self._resource,
            attributes=dict(span.told),
            kind=_KINDS[span.kind],
            status=Status(StatusCode.ERROR if span.has_failed else StatusCode.UNSET),
            start_time=round(span.started_at * _NANO),
            end_time=round(span.ended_at * _NANO),
        )


def _context(trace_id: str, span_id: str, *, is_remote: bool) -> SpanContext:
    return SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=is_remote, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
