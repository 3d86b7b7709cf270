from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.telemetry.metrics import Metrics

SECONDS = 0.003


def lines(metrics: Metrics) -> list[str]:
    return [line for line in metrics.render().decode().splitlines() if not line.startswith("#")]


def test_answered_counts_by_route_method_and_class() -> None:
    metrics = Metrics()

    metrics.answered("/v1/web/me", "GET", 200, version="v1", seconds=SECONDS)
    metrics.answered("/v1/web/me", "GET", 204, version="v1", seconds=SECONDS)
    metrics.answered("/v1/web/me", "GET", 401, version="v1", seconds=SECONDS)

    shown = lines(metrics)
    assert 'doorward_http_requests_total{method="GET",route="/v1/web/me",status_class="2xx",version="v1"} 2.0' in shown
    assert 'doorward_http_requests_total{method="GET",route="/v1/web/me",status_class="4xx",version="v1"} 1.0' in shown
    assert 'doorward_http_request_duration_seconds_bucket{le="0.005",method="GET",route="/v1/web/me"} 3.0' in shown


def test_answered_method_that_nobody_knows_is_other() -> None:
    metrics = Metrics()

    metrics.answered("/", "BREW\n", 405, version="v1", seconds=SECONDS)

    assert any('method="other"' in line for line in lines(metrics))
    assert "BREW" not in metrics.render().decode()


def test_answered_ever_new_routes_stay_bounded() -> None:
    metrics = Metrics()

    for number in range(2000):
        metrics.answered(f"/made/up/{number}", "GET", 404, version="v1", seconds=SECONDS)

    counted = [line for line in lines(metrics) if line.startswith("doorward_http_requests_total")]
    assert len(counted) == 301
    assert any('route="other"' in line and line.endswith(" 1700.0") for line in counted)


def test_counters_are_shown() -> None:
    metrics = Metrics()

    metrics.login("accepted")
    metrics.rotated(["web", "web"])
    metrics.audited(AuditKind.SESSION_REUSE)
    metrics.rate_limited("/v1/auth/login_web")
    metrics.audited(AuditKind.CODE_REUSE)
    metrics.audited(AuditKind.SIGN_IN_SUSPENDED)
    metrics.waited("hash", 0.003)
    metrics.turned_away("hash")
    metrics.lane("hash", lambda: 7)
    metrics.queue({"ready": 3, "dead": 0}, oldest=timedelta(minutes=2))
    metrics.store["write"].begin()
    metrics.store_connections(9)
    metrics.signs_for({"ES256": timedelta(days=2), "RS256": None})
    metrics.oldest_address_key(timedelta(days=1))

    shown = lines(metrics)
    assert {
        'doorward_logins_total{outcome="accepted"} 1.0',
        'doorward_logins_total{outcome="limited"} 0.0',
        'doorward_refresh_rotations_total{kind="web"} 2.0',
        'doorward_reuses_total{kind="refresh_token"} 1.0',
        'doorward_reuses_total{kind="code"} 1.0',
        'doorward_locks_total{change="suspended"} 1.0',
        'doorward_locks_total{change="unlocked"} 0.0',
        'doorward_lane_refusals_total{lane="hash"} 1.0',
        'doorward_lane_waiting{lane="hash"} 7.0',
        "doorward_queue_oldest_age_seconds 120.0",
        "doorward_store_in_use 1.0",
        "doorward_store_connections_most 9.0",
        'doorward_signing_key_signs_for_seconds{algorithm="ES256"} 172800.0',
        'doorward_signing_key_signs_for_seconds{algorithm="RS256"} 0.0',
        'doorward_audit_events_total{kind="session.reuse_detected"} 1.0',
        'doorward_rate_limited_total{route="/v1/auth/login_web"} 1.0',
        'doorward_lane_wait_seconds_count{lane="hash"} 1.0',
        'doorward_queue_jobs{state="ready"} 3.0',
        'doorward_queue_jobs{state="dead"} 0.0',
        "doorward_address_key_oldest_age_seconds 86400.0",
    } <= set(shown)


@pytest.mark.parametrize("age", [None, timedelta(0)])
def test_oldest_address_key_absent_is_zero(age: timedelta | None) -> None:
    metrics = Metrics()

    metrics.oldest_address_key(age)

    assert "doorward_address_key_oldest_age_seconds 0.0" in lines(metrics)


def test_two_servers_in_one_process_do_not_mix() -> None:
    one, other = Metrics(), Metrics()

    one.login("accepted")

    assert 'doorward_logins_total{outcome="accepted"} 0.0' in lines(other)


def test_forget_kept_leaves_nothing_that_the_store_said_before() -> None:
    metrics = Metrics()
    metrics.queue({"ready": 3}, oldest=timedelta(minutes=2))

    metrics.store_is(up=False)
    metrics.forget_kept()

    shown = lines(metrics)
    assert not any(line.startswith("doorward_queue_jobs") for line in shown)
    assert "doorward_queue_oldest_age_seconds NaN" in shown
    assert "doorward_store_up 0.0" in shown
