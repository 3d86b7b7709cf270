"""RECORDS and ALERTS: what Prometheus works out by itself, and what it tells people about."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from doorward.core.audit.rules import KEY_LIVES_FOR
from doorward.core.keys.rules import PUBLISHED_BEFORE_USE
from doorward.gateway.monitoring.ticks import Ticks
from doorward.telemetry.figures import STREAMED
from doorward.worker.jobs import SCHEDULE, Scheduled

GUIDE: Final = "docs/reference/alerts.md"
JOBS: Final = "doorward|doorward-worker"
"""What Prometheus calls the servers and the workers of Doorward."""

_FAST: Final = f'route!~"{"|".join(re.sub("{[^}]*}", ".+", route) for route in STREAMED)}"'
"""What takes as long as the caller's line says nothing of how fast the others are."""

_ASKED: Final = 'route!~"/healthz|/readyz|/metrics"'
"""What nobody asks but probes: a server that drains says 503 there on purpose."""

Expression = Callable[[Ticks], str]


class Severity(StrEnum):
    """Whom an alert is for: `page` wakes somebody, `ticket` waits for the morning."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Record:
    """A figure that is worked out at every look, since dashboards and alerts both ask for it."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that people are told about once it has held for so many looks.

    `what` is a sentence with Prometheus's words in braces; `so` says what it means and what to do first.
    """

    name: str
    severity: Severity
    holds_for: int
    expression: Expression
    what: str
    so: str


def _rate(figure: str, by: str, where: str = "") -> Expression:
    return lambda ticks: f"sum by ({by}) (rate({figure}{{{where}}}[{ticks.window}]))"


def _quantile(part: float, figure: str, by: str = "", where: str = "") -> Expression:
    labels = f"le, {by}" if by else "le"
    return lambda ticks: (
        f"histogram_quantile({part}, sum by ({labels}) (rate({figure}_bucket{{{where}}}[{ticks.window}])))"
    )


RECORDS: Final = (
    Record("doorward:requests:rate", _rate("doorward_http_requests_total", "status_class", _ASKED)),
    Record("doorward:answer_seconds:p50", _quantile(0.5, "doorward_http_request_duration_seconds", where=_FAST)),
    Record("doorward:answer_seconds:p99", _quantile(0.99, "doorward_http_request_duration_seconds", where=_FAST)),
    Record("doorward:logins:rate", _rate("doorward_logins_total", "outcome")),
    Record("doorward:rotations:rate", _rate("doorward_refresh_rotations_total", "kind")),
    Record("doorward:store_seconds:p99", _quantile(0.99, "doorward_store_seconds", "operation")),
    Record("doorward:lane_wait_seconds:p99", _quantile(0.99, "doorward_lane_wait_seconds", "lane")),
    Record("doorward:jobs:rate", _rate("doorward_jobs_total", "outcome")),
)


def _constant(expression: str) -> Expression:
    return lambda _: expression


def _late(scheduled: Scheduled) -> str:
    limit = 3 * scheduled.every.total_seconds()
    return f'min by (task) (doorward_schedule_last_success_age_seconds{{task="{scheduled.task}"}}) > {limit:.0f}'


def _overdue(seconds: float, figure: str) -> str:
    return f"min by (algorithm) ({figure}) < {seconds:.0f}"


ALERTS: Final = (
    Alert(
        "DoorwardInstanceDown",
        Severity.PAGE,
        4,
        _constant(f'up{{job=~"{JOBS}"}} == 0'),
        "{{ $labels.instance }} does not answer.",
        "Look whether the process runs and what it wrote last. While others answer, nobody notices but them.",
    ),
    Alert(
        "DoorwardStoreAway",
        Severity.PAGE,
        2,
        lambda ticks: (
            f"(doorward_store_up == 0) or (sum by (instance) (rate(doorward_store_failures_total"
            f"[{ticks.window}])) > 0.1)"
        ),
        "{{ $labels.instance }} cannot use the store.",
        "Nobody can sign in or refresh until it answers. Look at the database, its disk and the way to it.",
    ),
    Alert(
        "DoorwardAnswersFail",
        Severity.PAGE,
        8,
        _constant(
            'sum(doorward:requests:rate{status_class="5xx"}) / sum(doorward:requests:rate) > 0.01 '
            'and sum(doorward:requests:rate{status_class="5xx"}) > 0.05'
        ),
        "{{ $value | humanizePercentage }} of all answers are failures of ours.",
        "Look in the log for http.failed, and for http.refused with SERVICE_UNAVAILABLE, whose reason says what was "
        "away; request_id leads to everything else about one such request.",
    ),
    Alert(
        "DoorwardLanesRefuse",
        Severity.PAGE,
        4,
        lambda ticks: f"sum by (lane) (rate(doorward_lane_refusals_total[{ticks.window}])) > 0",
        "The lane {{ $labels.lane }} is full, and turns people away with 503.",
        "More is asked than this machine does: hash means passwords, web another server that is slow. Add servers.",
    ),
    Alert(
        "DoorwardSlow",
        Severity.TICKET,
        20,
        _constant("doorward:answer_seconds:p99 > 1"),
        "One answer in a hundred takes longer than {{ $value | humanizeDuration }}.",
        "Compare how long the store takes and how long flows wait in their lanes.",
    ),
    Alert(
        "DoorwardManyFailedSignIns",
        Severity.TICKET,
        4,
        _constant(
            'sum(doorward:logins:rate{outcome="refused"}) > 0.5 and sum(doorward:logins:rate{outcome="refused"}) '
            '> 3 * sum(doorward:logins:rate{outcome="accepted"})'
        ),
        "{{ $value | humanize }} sign-ins a second are refused, far more than go well.",
        "Somebody guesses passwords, or an application sends wrong ones. The audit tells by which address tags.",
    ),
    Alert(
        "DoorwardLocksRise",
        Severity.TICKET,
        0,
        lambda ticks: f'sum(increase(doorward_locks_total{{change="suspended"}}[{ticks(240)}])) > 20',
        "Sign-in of {{ $value | humanize }} accounts was suspended of late.",
        "Somebody tries many accounts. Known devices go on signing in, and mails let the others in.",
    ),
    Alert(
        "DoorwardCredentialReused",
        Severity.TICKET,
        0,
        lambda ticks: f"sum by (kind) (increase(doorward_reuses_total[{ticks(40)}])) > 0",
        "A {{ $labels.kind }} came a second time; what it began is revoked.",
        "It was stolen, or a client keeps two copies. The audit says whose it was.",
    ),
    Alert(
        "DoorwardStoreSlow",
        Severity.TICKET,
        20,
        _constant("doorward:store_seconds:p99 > 0.25"),
        "The store takes {{ $value | humanizeDuration }} to {{ $labels.operation }}.",
        "Look at the database's disk and at what else uses it.",
    ),
    Alert(
        "DoorwardStoreCrowded",
        Severity.TICKET,
        8,
        _constant("max by (instance) (doorward_store_in_use / doorward_store_connections_most) > 0.9"),
        "{{ $labels.instance }} uses nearly every connection to the store that it may have.",
        "Raise store_pool_connections, if the database has room for more; or find out what is slow.",
    ),
    Alert(
        "DoorwardQueueOld",
        Severity.PAGE,
        4,
        lambda ticks: f"max(doorward_queue_oldest_age_seconds) > {ticks.seconds(20):.0f}",
        "A job has been due for {{ $value | humanizeDuration }}.",
        "Mails are late. Look whether a worker runs, and whether the mail server takes anything.",
    ),
    Alert(
        "DoorwardDeadJobs",
        Severity.TICKET,
        4,
        _constant('max(doorward_queue_jobs{state="dead"}) > 0'),
        "{{ $value }} jobs were given up.",
        "`doorward jobs list --state dead` shows them, `doorward jobs retry` lets them run again.",
    ),
    Alert(
        "DoorwardMailsFail",
        Severity.TICKET,
        8,
        lambda ticks: (
            f'sum(rate(doorward_mails_total{{outcome!="sent"}}[{ticks.window}])) > '
            f'sum(rate(doorward_mails_total{{outcome="sent"}}[{ticks.window}]))'
        ),
        "More mails fail than are taken.",
        "`doorward doctor` asks the mail server what is wrong.",
    ),
    Alert(
        "DoorwardWorkerSilent",
        Severity.PAGE,
        4,
        lambda ticks: (
            f"(count(doorward_worker_last_look_age_seconds < {ticks.seconds(8):.0f}) or vector(0)) == 0 "
            f'and on () (count(up{{job=~"{JOBS}"}} == 1) > 0)'
        ),
        "No worker looks for jobs.",
        "Start `doorward worker`, or servers without --no-worker. No mail leaves until then.",
    ),
    Alert(
        "DoorwardScheduleLate",
        Severity.TICKET,
        20,
        _constant(" or ".join(_late(scheduled) for scheduled in SCHEDULE)),
        "{{ $labels.task }} was last done {{ $value | humanizeDuration }} ago.",
        "It was due three times since. Look for job.failed of that name in the workers' logs.",
    ),
    Alert(
        "DoorwardCacheAway",
        Severity.TICKET,
        8,
        _constant("max by (instance) (doorward_cache_away) == 1"),
        "{{ $labels.instance }} cannot use the cache.",
        "It counts rate limits for itself, and hears late of sessions that end elsewhere. Nothing else is worse.",
    ),
    Alert(
        "DoorwardFeedLate",
        Severity.TICKET,
        8,
        lambda ticks: (
            "max by (instance) (doorward_feed_away == 1 or "
            f"(doorward_feed_lag_seconds > 2 and changes(doorward_feed_lag_seconds[{ticks(8)}]) > 0))"
        ),
        "News reach {{ $labels.instance }} late, or not at all.",
        "What ends elsewhere is noticed a few seconds later than it should. Look at the cache.",
    ),
    Alert(
        "DoorwardKeysOverdue",
        Severity.PAGE,
        4,
        _constant(_overdue(PUBLISHED_BEFORE_USE.total_seconds() / 2, "doorward_signing_key_signs_for_seconds")),
        "Keys of {{ $labels.algorithm }} sign for {{ $value | humanizeDuration }} more, and none is to follow.",
        "No worker rotated them. `doorward keys list` shows them; run a worker before the last one ends. At 0 none "
        "signs now, perhaps since a clock was put back: every token is refused with 503 until a worker makes one.",
    ),
    Alert(
        "DoorwardAddressesKept",
        Severity.TICKET,
        20,
        _constant(f"max(doorward_address_key_oldest_age_seconds) > {(KEY_LIVES_FOR.days + 1) * 86_400}"),
        "Addresses can be tied to pseudonyms for longer than they may.",
        "No worker destroyed the day's keys. Look for forget_addresses in the workers' logs.",
    ),
)


def written(ticks: Ticks) -> Mapping[str, object]:
    """Return the file of rules."""
    return {
        "groups": [
            {
                "name": "doorward-records",
                "rules": [{"record": record.name, "expr": record.expression(ticks)} for record in RECORDS],
            },
            {"name": "doorward-alerts", "rules": [_alert(alert, ticks) for alert in ALERTS]},
        ]
    }


def _alert(alert: Alert, ticks: Ticks) -> Mapping[str, object]:
    return {
        "alert": alert.name,
        "expr": alert.expression(ticks),
        "for": ticks(alert.holds_for),
        "labels": {"severity": alert.severity.value},
        "annotations": {"summary": alert.what, "description": alert.so, "guide": f"{GUIDE}#{alert.name.lower()}"},
    }
