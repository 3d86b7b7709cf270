"""Each alert fires for what it is there for, and for nothing that is as it should be."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from doorward.gateway.monitoring import rules, yaml
from doorward.gateway.monitoring.rules import ALERTS
from doorward.gateway.monitoring.ticks import Ticks
from doorward.telemetry.figures import STREAMED
from doorward.worker.jobs import SCHEDULE
from tests.monitoring.parts import checked

EVERY_SECONDS = 15.0
AT = "10m"
QUIET = [
    {"series": 'doorward_http_requests_total{status_class="2xx"}', "values": "0+1x60"},
    {"series": 'doorward_http_requests_total{status_class="5xx"}', "values": "0x20 1x40"},
]
"""A deployment that hardly anybody uses, and that failed once."""

NOT_A_NUMBER = " ".join(["NaN"] * 60)


def series(figure: str, values: str) -> Mapping[str, str]:
    return {"series": figure, "values": values}


CASES = {
    "DoorwardInstanceDown": ([series('up{job="doorward",instance="a"}', "0x40")], "instance"),
    "DoorwardStoreAway": ([series('doorward_store_up{instance="a"}', "0x40")], "instance"),
    "DoorwardAnswersFail": (
        [
            series('doorward_http_requests_total{status_class="5xx"}', "0+30x40"),
            series('doorward_http_requests_total{status_class="2xx"}', "0+300x40"),
        ],
        None,
    ),
    "DoorwardLanesRefuse": ([series('doorward_lane_refusals_total{lane="hash"}', "0+3x40")], "lane"),
    "DoorwardSlow": (
        [
            series('doorward_http_request_duration_seconds_bucket{route="/a",le="2.5"}', "0+9x40"),
            series('doorward_http_request_duration_seconds_bucket{route="/a",le="+Inf"}', "0+9x40"),
        ],
        None,
    ),
    "DoorwardManyFailedSignIns": (
        [
            series('doorward_logins_total{outcome="refused"}', "0+90x40"),
            series('doorward_logins_total{outcome="accepted"}', "0x40"),
        ],
        None,
    ),
    "DoorwardLocksRise": ([series('doorward_locks_total{change="suspended"}', "0+5x40")], None),
    "DoorwardCredentialReused": ([series('doorward_reuses_total{kind="refresh_token"}', "0x20 1x20")], "kind"),
    "DoorwardStoreSlow": (
        [
            series('doorward_store_seconds_bucket{operation="read",le="1"}', "0+9x40"),
            series('doorward_store_seconds_bucket{operation="read",le="+Inf"}', "0+9x40"),
        ],
        "operation",
    ),
    "DoorwardStoreCrowded": (
        [
            series('doorward_store_in_use{instance="a"}', "19x40"),
            series('doorward_store_connections_most{instance="a"}', "20x40"),
        ],
        "instance",
    ),
    "DoorwardQueueOld": ([series("doorward_queue_oldest_age_seconds", "0+15x60")], None),
    "DoorwardDeadJobs": ([series('doorward_queue_jobs{state="dead"}', "1x40")], None),
    "DoorwardMailsFail": (
        [
            series('doorward_mails_total{outcome="failed"}', "0+3x40"),
            series('doorward_mails_total{outcome="sent"}', "0x40"),
        ],
        None,
    ),
    "DoorwardWorkerSilent": (
        [
            series('up{job="doorward",instance="a"}', "1x40"),
            series('doorward_worker_last_look_age_seconds{instance="a"}', NOT_A_NUMBER),
        ],
        None,
    ),
    "DoorwardScheduleLate": (
        [series('doorward_schedule_last_success_age_seconds{task="rotate_keys"}', "20000x40")],
        "task",
    ),
    "DoorwardCacheAway": ([series('doorward_cache_away{instance="a"}', "1x40")], "instance"),
    "DoorwardFeedLate": ([series('doorward_feed_lag_seconds{instance="a"}', "5+0.1x40")], "instance"),
    "DoorwardKeysOverdue": (
        [series('doorward_signing_key_signs_for_seconds{algorithm="ES256"}', "3600x40")],
        "algorithm",
    ),
    "DoorwardAddressesKept": ([series("doorward_address_key_oldest_age_seconds", "2900000x40")], None),
}
"""What each alert fires for, and by which label it tells one such thing from another."""

WELL = [
    series('up{job="doorward",instance="a"}', "1x60"),
    series('doorward_store_up{instance="a"}', "1x60"),
    series('doorward_http_requests_total{status_class="2xx"}', "0+300x60"),
    series('doorward_http_requests_total{status_class="5xx"}', "0x60"),
    series('doorward_http_requests_total{status_class="5xx",route="/readyz"}', "0+30x60"),
    series('doorward_http_request_duration_seconds_bucket{route="/a",le="0.05"}', "0+300x60"),
    *(
        series(f'doorward_http_request_duration_seconds_bucket{{route="{route}",le="+Inf"}}', "0+300x60")
        for route in STREAMED
    ),
    series('doorward_logins_total{outcome="accepted"}', "0+90x60"),
    series('doorward_logins_total{outcome="refused"}', "0+90x60"),
    series('doorward_locks_total{change="suspended"}', "0x50 1x10"),
    series('doorward_reuses_total{kind="refresh_token"}', "0x60"),
    series('doorward_lane_refusals_total{lane="hash"}', "0x60"),
    series('doorward_store_seconds_bucket{operation="read",le="0.01"}', "0+300x60"),
    series('doorward_store_in_use{instance="a"}', "3x60"),
    series('doorward_store_connections_most{instance="a"}', "20x60"),
    series("doorward_queue_oldest_age_seconds", "5x60"),
    series('doorward_queue_jobs{state="dead"}', "0x60"),
    series('doorward_mails_total{outcome="sent"}', "0+3x60"),
    series('doorward_mails_total{outcome="failed"}', "0+1x60"),
    series('doorward_worker_last_look_age_seconds{instance="a"}', "1x60"),
    series('doorward_worker_last_look_age_seconds{instance="b"}', NOT_A_NUMBER),
    *(
        series(
            f'doorward_schedule_last_success_age_seconds{{task="{task.task}"}}', f"{task.every.total_seconds():.0f}x60"
        )
        for task in SCHEDULE
    ),
    series('doorward_cache_away{instance="a"}', "0x60"),
    series('doorward_feed_away{instance="a"}', "0x60"),
    series('doorward_feed_lag_seconds{instance="a"}', "0.01x60"),
    series('doorward_feed_lag_seconds{instance="b"}', "0.01x30 5x30"),
    series('doorward_signing_key_signs_for_seconds{algorithm="ES256"}', "86000x60"),
    series("doorward_address_key_oldest_age_seconds", "2500000x60"),
]
"""A deployment as it should be."""


def firing(name: str, given: Sequence[Mapping[str, str]], label: str | None) -> Mapping[str, object]:
    """Return the expectation that an alert fires, and tells of whom where it should."""
    by = f"by ({label})" if label else ""
    named = next((each for each in given if label and f"{label}=" in each["series"]), None)
    value = named["series"].partition(f'{label}="')[2].partition('"')[0] if named else ""
    fires = f'count {by} (ALERTS{{alertname="{name}",alertstate="firing"}})'
    sample = {"labels": f'{{{label}="{value}"}}' if label else "{}", "value": 1}
    return expecting(given, fires, [sample])


def expecting(given: Sequence[Mapping[str, str]], asked: str, found: Sequence[object]) -> Mapping[str, object]:
    asks = {"expr": asked, "eval_time": AT, "exp_samples": found}
    return {"interval": "15s", "input_series": given, "promql_expr_test": [asks]}


def test_alerts_each_fires_for_its_cause_and_none_where_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(yaml.written(rules.written(Ticks(EVERY_SECONDS)), note="rules"))
    well = expecting(WELL, 'ALERTS{alertstate="firing"}', [])
    quiet = expecting(QUIET, 'ALERTS{alertstate="firing"}', [])
    told = [firing(name, given, label) for name, (given, label) in CASES.items()]
    tests = {"rule_files": ["rules.yml"], "evaluation_interval": "15s", "tests": [well, quiet, *told]}
    (tmp_path / "tests.yml").write_text(yaml.written(tests, note="tests"))

    assert "SUCCESS" in checked("promtool", "test", "rules", str(tmp_path / "tests.yml"))


def test_alerts_each_has_a_cause_here() -> None:
    assert list(CASES) == [alert.name for alert in ALERTS]
