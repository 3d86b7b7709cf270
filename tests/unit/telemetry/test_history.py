from collections.abc import Iterator
from datetime import timedelta

import pytest

from doorward.core.operating.overview.figures import EVERY, KEPT_FOR
from doorward.telemetry.history import History
from doorward.telemetry.metrics import Metrics
from doorward.testing.clock import START, FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def history(metrics: Metrics, clock: FixedClock) -> Iterator[History]:
    made = History(metrics.registry, clock, lambda: (7, 1))
    yield made
    made.close()


def test_take_reads_what_was_counted_over_all_routes(metrics: Metrics, history: History) -> None:
    for outcome in ("accepted", "accepted", "refused"):
        metrics.login(outcome)
    metrics.rate_limited("/sign-in")
    metrics.answered("/a", "GET", 200, version="none", seconds=0.02)
    metrics.answered("/b", "POST", 500, version="none", seconds=20)

    history.take()

    (taken,) = history.read()
    assert (taken.at, taken.signed_in, taken.refused, taken.limited) == (START, 2, 1, 1)
    assert (taken.ready, taken.dead) == (7, 1)
    assert dict(taken.durations)[0.01] == 0
    assert dict(taken.durations)[0.025] == 1
    assert taken.durations[-1] == (float("inf"), 2)


def test_take_without_the_store_goes_on_without_the_queue(metrics: Metrics, clock: FixedClock) -> None:
    history = History(metrics.registry, clock, lambda: None)

    history.take()

    assert [(taken.ready, taken.dead, taken.durations) for taken in history.read()] == [(None, None, ())]


def test_history_keeps_an_hour_and_no_more(clock: FixedClock, history: History) -> None:
    for _ in range(3 * (KEPT_FOR // EVERY)):
        history.take()
        clock.advance(EVERY)

    kept = history.read()

    assert kept[-1].at - kept[0].at == KEPT_FOR
    assert clock.now() - kept[-1].at == EVERY
    assert timedelta(0) < EVERY < KEPT_FOR


def test_history_that_runs_takes_figures_down_and_stops(history: History) -> None:
    history.start()
    history.close()

    assert len(history.read()) <= 1
