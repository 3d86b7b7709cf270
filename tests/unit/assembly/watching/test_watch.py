"""What the doors and the worker tell becomes logs and metrics."""

import ast
import logging
from pathlib import Path

import pytest

import doorward.worker
from doorward.assembly.watching.watch import CacheWatch, DoorWatch, WorkerWatch
from doorward.telemetry.metrics import Metrics
from doorward.worker.events import Events


def worker_events() -> set[str]:
    """Return the name of every event in the worker's source."""
    sources = (path.read_text(encoding="utf-8") for path in Path(doorward.worker.__path__[0]).glob("*.py"))
    texts = (node.value for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and text.startswith(("job.", "worker."))}


def answer(watch: DoorWatch, method: str, route: str, status: int) -> None:
    watch.answered(method=method, route=route, status=status, seconds=0.01, request_id="r")


@pytest.mark.parametrize(
    ("method", "status", "level"),
    [
        pytest.param("GET", 200, None, id="a read that went well"),
        pytest.param("POST", 201, logging.INFO, id="a change that went well"),
        pytest.param("POST", 403, None, id="a refusal, which has a line of its own"),
        pytest.param("GET", 500, logging.ERROR, id="a failure of ours"),
    ],
)
def test_answered_writes_a_line_for_what_is_notable(
    caplog: pytest.LogCaptureFixture, method: str, status: int, level: int | None
) -> None:
    with caplog.at_level("INFO", logger="doorward.http"):
        answer(DoorWatch(Metrics()), method, "/v1/web/me", status)

    assert [record.levelno for record in caplog.records] == ([level] if level else [])


@pytest.mark.parametrize("route", ["/oauth/introspect", "/oauth/userinfo"])
def test_answered_writes_no_line_for_what_is_only_asked(caplog: pytest.LogCaptureFixture, route: str) -> None:
    with caplog.at_level("INFO", logger="doorward.http"):
        answer(DoorWatch(Metrics()), "POST", route, 200)

    assert caplog.records == []


def test_answered_sign_ins_are_counted_by_outcome() -> None:
    metrics = Metrics()
    watch = DoorWatch(metrics)

    for status in (200, 401, 429, 503):
        answer(watch, "POST", "/v1/auth/login_web", status)
    answer(watch, "GET", "/sign-in", 200)

    figures = metrics.render().decode()
    assert 'doorward_logins_total{outcome="accepted"} 1.0' in figures
    assert 'doorward_logins_total{outcome="refused"} 1.0' in figures
    assert 'doorward_logins_total{outcome="limited"} 1.0' in figures
    assert 'doorward_logins_total{outcome="failed"} 1.0' in figures


def test_answered_unknown_paths_are_counted_as_one_route() -> None:
    metrics = Metrics()

    answer(DoorWatch(metrics), "GET", "none", 404)

    assert 'route="none"' in metrics.render().decode()


def test_refused_writes_its_code_and_no_empty_reason(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="doorward.http"):
        DoorWatch(Metrics()).refused("CSRF_REFUSED", reason="", route="/v1/web/me", request_id="r")

    assert "refusal_code=CSRF_REFUSED version=v1 route=/v1/web/me request_id=r" in caplog.text


@pytest.mark.parametrize("event", sorted(worker_events()))
def test_worker_watch_every_event_of_the_worker_has_its_level(caplog: pytest.LogCaptureFixture, event: str) -> None:
    watch: Events = WorkerWatch(Metrics())

    with caplog.at_level("DEBUG", logger="doorward.worker"):
        watch(event, job_id="j", name="send_letter.v1")

    (record,) = caplog.records
    assert record.getMessage() == f"{event} job_id=j name=send_letter.v1"


def test_worker_watch_counts_jobs_by_names_that_are_known_and_mails_by_what_became_of_them() -> None:
    metrics = Metrics()
    watch = WorkerWatch(metrics)

    watch("job.done", name="send_letter.v1")
    watch("job.failed", name="send_letter.v1")
    watch("job.lost", name="send_letter.v1")
    watch("job.given_up", name="made_up.v9")

    shown = metrics.render().decode()
    assert 'doorward_mails_total{outcome="sent"} 1.0' in shown
    assert 'doorward_mails_total{outcome="failed"} 1.0' in shown
    assert 'doorward_mails_total{outcome="given_up"} 0.0' in shown
    assert 'doorward_jobs_total{name="send_letter.v1",outcome="lost"} 1.0' in shown
    assert 'doorward_jobs_total{name="unknown",outcome="given_up"} 1.0' in shown
    assert "made_up" not in shown


def test_worker_watch_unforeseen_fault_is_written_with_where_it_came_from(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="doorward.worker"):
        WorkerWatch(Metrics())("worker.failed", exc_info=ValueError("planted"))

    assert "ValueError: planted" in caplog.text


def test_cache_watch_tells_going_and_coming_once_each_and_sets_the_gauge(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    watch = CacheWatch(metrics)

    with caplog.at_level("DEBUG", logger="doorward.cache"):
        watch.away(reason="it cannot be reached")
        watch.fell_back()
        during = metrics.render().decode()
        watch.back()

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "cache.away reason=it cannot be reached"),
        ("WARNING", "cache.back"),
    ]
    assert "doorward_cache_away 1.0" in during
    assert "doorward_cache_fallbacks_total 1.0" in during
    assert "doorward_cache_away 0.0" in metrics.render().decode()


def test_cache_watch_tells_of_the_feed_what_an_operator_may_want_to_know(caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    watch = CacheWatch(metrics)

    with caplog.at_level("DEBUG", logger="doorward.cache"):
        watch.lost_touch(reason="it cannot be reached")
        watch.overflowed()
        during = metrics.render().decode()
        watch.in_touch()

    assert [record.getMessage() for record in caplog.records] == ["feed.away reason=it cannot be reached", "feed.back"]
    assert "doorward_feed_away 1.0" in during
    assert "doorward_feed_overflows_total 1.0" in during
    assert "doorward_feed_away 0.0" in metrics.render().decode()
