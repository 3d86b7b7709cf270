"""A collector that is away costs nobody anything."""

import pytest

from doorward.telemetry.metrics import Metrics
from doorward.telemetry.otlp import MOST_WAITING, Collector
from doorward.telemetry.spans import Place, Span, SpanKind
from tests.processes import free_port, wait_until

pytestmark = pytest.mark.slow

SPAN = Span(Place("1" * 32, "2" * 16), "GET /", SpanKind.SERVER, 1.0, 2.0, {})


def lost(metrics: Metrics) -> float:
    (line,) = [
        line
        for line in metrics.render().decode().splitlines()
        if line.startswith('doorward_spans_total{outcome="lost"}')
    ]
    return float(line.split()[-1])


def test_take_while_the_collector_is_away_keeps_a_bounded_number_and_counts_the_others() -> None:
    metrics = Metrics()
    collector = Collector(f"http://127.0.0.1:{free_port()}/v1/traces", {}, metrics, version="1")

    for _ in range(MOST_WAITING + 500):
        collector.take(SPAN)

    wait_until(lambda: lost(metrics) >= 500)
    collector.close()


def test_close_before_anything_came_ends_at_once() -> None:
    collector = Collector("http://127.0.0.1:1/v1/traces", {}, Metrics(), version="1")

    collector.close()
    collector.take(SPAN)
