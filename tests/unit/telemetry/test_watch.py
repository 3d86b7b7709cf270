from collections.abc import Callable

import pytest

from doorward.telemetry.metrics import Metrics
from doorward.telemetry.watch import Watch, log_event

Events = Callable[[], list[dict[str, object]]]


def answer(watch: Watch, route: str, status: int = 200, method: str = "POST") -> None:
    watch.answered(method=method, route=route, status=status, seconds=0.0123, request_id="r1")


def test_answered_writes_one_event(logged: Events) -> None:
    answer(Watch(Metrics()), "/v1/auth/login_web")

    (event,) = logged()
    assert event["event"] == "http.answered"
    assert (event["route"], event["status"], event["took_ms"], event["request_id"]) == (
        "/v1/auth/login_web",
        200,
        12.3,
        "r1",
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "accepted"), (303, "accepted"), (401, "refused"), (422, "refused"), (429, "limited"), (503, "failed")],
)
@pytest.mark.parametrize(
    ("route", "metric"), [("/v1/auth/login_mobile", "doorward_logins"), ("/v1/auth/refresh_web", "doorward_refreshes")]
)
def test_answered_counts_what_became_of_it(route: str, metric: str, status: int, outcome: str) -> None:
    metrics = Metrics()

    answer(Watch(metrics), route, status)

    assert f'{metric}_total{{outcome="{outcome}"}} 1.0' in metrics.render().decode()


def test_answered_page_that_is_only_looked_at_is_no_sign_in() -> None:
    metrics = Metrics()

    answer(Watch(metrics), "/sign-in", method="GET")

    assert "doorward_logins_total{" not in metrics.render().decode()


def test_answered_health_is_written_for_debugging_alone(logged: Events) -> None:
    answer(Watch(Metrics()), "/healthz", method="GET")

    assert [event["level"] for event in logged()] == ["debug"]


def test_failed_writes_the_exception(logged: Events) -> None:
    Watch(Metrics()).failed(ValueError("broken"), route="/x", request_id="r1")

    (event,) = logged()
    assert event["level"] == "error"
    assert "ValueError: broken" in str(event["exception"])


def test_refused_writes_and_counts_the_code(logged: Events) -> None:
    metrics = Metrics()

    Watch(metrics).refused("CSRF_FAILED", reason="origin", route="/x", request_id="r1")

    assert [event["refusal_code"] for event in logged()] == ["CSRF_FAILED"]
    assert 'doorward_http_refusals_total{code="CSRF_FAILED"} 1.0' in metrics.render().decode()


def test_waited_is_counted() -> None:
    metrics = Metrics()

    Watch(metrics).waited("hash", seconds=0.004)

    assert 'doorward_lane_wait_seconds_bucket{lane="hash",le="0.005"} 1.0' in metrics.render().decode()


@pytest.mark.parametrize(
    ("event", "values", "level"),
    [
        ("job.done", {"name": "send_letter.v1"}, "info"),
        ("job.failed", {"name": "send_letter.v1"}, "warning"),
        ("worker.store_away", {}, "warning"),
        ("worker.scheduled", {"failed": True}, "warning"),
        ("worker.scheduled", {"failed": False}, "info"),
    ],
)
def test_log_event_failure_is_a_warning(logged: Events, event: str, values: dict[str, object], level: str) -> None:
    log_event(event, **values)

    assert [written["level"] for written in logged()] == [level]
