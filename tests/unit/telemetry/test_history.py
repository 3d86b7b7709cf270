from collections.abc import Iterator
from datetime import timedelta

import pytest

from doorward.core.operating.overview.slices import EVERY, KEPT_FOR
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
    made = History(metrics.registry, clock, lambda: {"ready": 7, "dead": 1})
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
    answers = dict(zip(taken.counted.answers.bounds, taken.counted.answers.counts, strict=True))
    assert taken.taken_at == START.timestamp()
    assert (taken.counted.logins["accepted"], taken.counted.logins["refused"]) == (2, 1)
    assert taken.counted.rate_limited == {"/sign-in": 1}
    assert taken.queue == {"ready": 7, "dead": 1}
    assert (answers[0.01], answers[0.025], answers[float("inf")]) == (0, 1, 2)


def test_take_without_the_store_goes_on_without_the_queue(metrics: Metrics, clock: FixedClock) -> None:
    history = History(metrics.registry, clock, dict)

    history.take()

    assert [(taken.queue, taken.counted.answers.count) for taken in history.read()] == [({}, 0)]


def test_history_keeps_an_hour_and_no_more(clock: FixedClock, history: History) -> None:
    for _ in range(3 * (KEPT_FOR // EVERY)):
        history.take()
        clock.advance(EVERY)

    kept = history.read()

    assert kept[-1].taken_at - kept[0].taken_at == KEPT_FOR.total_seconds()
    assert clock.now().timestamp() - kept[-1].taken_at == EVERY.total_seconds()
    assert timedelta(0) < EVERY < KEPT_FOR


def test_history_that_runs_takes_figures_down_and_stops(history: History) -> None:
    history.start()
    history.close()

    assert len(history.read()) <= 1
