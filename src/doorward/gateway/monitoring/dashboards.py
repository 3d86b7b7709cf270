"""Dashboards for Grafana, from 9 on: one that shows everything, and one for whoever is woken at night."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from doorward.gateway.monitoring.rules import ALERTS, JOBS, Severity
from doorward.gateway.monitoring.ticks import Ticks

_SCHEMA: Final = 38
_COLUMNS: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}


class Form(StrEnum):
    """How a panel shows what it found."""

    LINES = "timeseries"
    NUMBER = "stat"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Query:
    """What a panel asks Prometheus; `{window}` is what rates are taken over. `legend` names a line."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. `unit` is Grafana's word.

    A number is red from `bad` on; where `bad` is less than `good`, it is green from `good` on.
    """

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    form: Form = Form.LINES
    good: float | None = None
    bad: float | None = None
    what: str = ""
    width: int = 8
    height: int = 7


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of panels, left to right and downwards."""

    uid: str
    title: str
    panels: tuple[Panel, ...]


OVERVIEW: Final = Dashboard(
    "doorward-overview",
    "Doorward: overview",
    (
        Panel("Sign-ins", (Query("doorward:logins:rate", "{{outcome}}"),), "reqps"),
        Panel("Answers", (Query("doorward:requests:rate", "{{status_class}}"),), "reqps"),
        Panel(
            "Refused by a limit or a full lane",
            (
                Query("sum by (route) (rate(doorward_rate_limited_total[{window}])) > 0", "limit {{route}}"),
                Query("sum by (lane) (rate(doorward_lane_refusals_total[{window}]))", "lane {{lane}}"),
            ),
            "reqps",
        ),
        Panel(
            "How long answers take",
            (Query("doorward:answer_seconds:p50", "half"), Query("doorward:answer_seconds:p99", "99 of 100")),
            "s",
        ),
        Panel("How long the store takes, 99 of 100", (Query("doorward:store_seconds:p99", "{{operation}}"),), "s"),
        Panel("How long flows wait for a thread", (Query("doorward:lane_wait_seconds:p99", "{{lane}}"),), "s"),
        Panel(
            "Locks",
            (Query("sum by (change) (increase(doorward_locks_total[{window}]))", "{{change}}"),),
            what="Accounts whose sign-in was suspended after wrong passwords, and those that were unlocked.",
        ),
        Panel(
            "Refresh tokens",
            (
                Query("doorward:rotations:rate", "{{kind}}"),
                Query("sum by (kind) (increase(doorward_reuses_total[{window}]))", "reused {{kind}}"),
            ),
        ),
        Panel("What happened", (Query("sum by (kind) (rate(doorward_audit_events_total[{window}])) > 0", "{{kind}}"),)),
        Panel("Queue", (Query("max by (state) (doorward_queue_jobs)", "{{state}}"),)),
        Panel("The oldest job that is due", (Query("max(doorward_queue_oldest_age_seconds)", "oldest"),), "s"),
        Panel(
            "Jobs and mails",
            (
                Query("doorward:jobs:rate", "jobs {{outcome}}"),
                Query("sum by (outcome) (rate(doorward_mails_total[{window}]))", "mails {{outcome}}"),
            ),
            "ops",
        ),
        Panel(
            "Uses of the store at once",
            (
                Query("doorward_store_in_use", "{{instance}}"),
                Query("max(doorward_store_connections_most)", "connections"),
            ),
        ),
        Panel(
            "Feed between servers",
            (
                Query("doorward_feed_lag_seconds >= 0 or doorward_feed_away", "{{instance}}"),
                Query("rate(doorward_feed_overflows_total[{window}])", "overflows {{instance}}"),
            ),
            "s",
        ),
        Panel(
            "Processor",
            (Query('rate(process_cpu_seconds_total{{job=~"' + JOBS + '"}}[{window}])', "{{instance}}"),),
            "percentunit",
        ),
        Panel("Memory", (Query('process_resident_memory_bytes{{job=~"' + JOBS + '"}}', "{{instance}}"),), "bytes"),
        Panel(
            "How long keys sign",
            (Query("min by (algorithm) (doorward_signing_key_signs_for_seconds)", "{{algorithm}}"),),
            "s",
        ),
        Panel("Releases", (Query("count by (version) (doorward_build_info)", "{{version}}"),)),
    ),
)


def _state(title: str, expression: str, *, bad: float, good: float = 0, unit: str = "short", what: str = "") -> Panel:
    return Panel(title, (Query(expression),), unit, Form.NUMBER, good=good, bad=bad, what=what, width=4, height=4)


NIGHT: Final = Dashboard(
    "doorward-night",
    "Doorward: what is wrong",
    (
        Panel(
            "What is told",
            (Query('ALERTS{{alertname=~"Doorward.*",alertstate="firing"}} or on () vector(0)'),),
            form=Form.TABLE,
            what="Alerts that fire now. Begin with those that page; below stands what each means.",
            width=24,
            height=6,
        ),
        _state("Servers that answer", 'sum(up{{job="doorward"}})', bad=1, good=2, what="Red: none, or one alone."),
        _state("Away", f'count(up{{{{job=~"{JOBS}"}}}} == 0) or vector(0)', bad=1),
        _state("Store", "min(doorward_store_up)", bad=0, good=1, what="1: it answers everybody."),
        _state(
            "Failures of ours", 'sum(doorward:requests:rate{{status_class="5xx"}}) or vector(0)', bad=0.1, unit="reqps"
        ),
        _state("Answers, 99 of 100", "doorward:answer_seconds:p99 >= 0 or vector(0)", bad=1, unit="s"),
        _state("Sign-ins refused", 'sum(doorward:logins:rate{{outcome="refused"}})', bad=5, unit="reqps"),
        _state("The oldest job", "max(doorward_queue_oldest_age_seconds)", bad=300, unit="s"),
        _state("Dead jobs", 'max(doorward_queue_jobs{{state="dead"}})', bad=1),
        _state("Worker looked", "min(doorward_worker_last_look_age_seconds >= 0)", bad=120, unit="s"),
        _state("Cache away", "max(doorward_cache_away)", bad=1),
        _state("Full lanes", "sum(rate(doorward_lane_refusals_total[{window}]))", bad=0.1, unit="reqps"),
        _state("Keys sign for", "min(doorward_signing_key_signs_for_seconds)", bad=43_200, good=86_400, unit="s"),
    ),
)

DASHBOARDS: Final = (OVERVIEW, NIGHT)


def expressions(dashboard: Dashboard, ticks: Ticks) -> Iterator[str]:
    """Yield everything that a dashboard asks of Prometheus."""
    for panel in dashboard.panels:
        for query in panel.queries:
            yield _asked(query, ticks)


def written(dashboard: Dashboard, ticks: Ticks) -> str:
    """Return a dashboard as Grafana reads it."""
    document = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["doorward"],
        "schemaVersion": _SCHEMA,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [{"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}]},
        "panels": [*_placed(dashboard.panels, ticks), *_guide(dashboard)],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _placed(panels: Sequence[Panel], ticks: Ticks) -> Iterator[Mapping[str, object]]:
    x = y = height = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > _COLUMNS:
            x, y, height = 0, y + height, 0
        place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
        x, height = x + panel.width, max(height, panel.height)
        yield _shown(panel, ticks, number, place)


def _shown(panel: Panel, ticks: Ticks, number: int, place: Mapping[str, int]) -> Mapping[str, object]:
    is_now = panel.form is not Form.LINES
    return {
        "id": number,
        "type": panel.form.value,
        "title": panel.title,
        "description": panel.what,
        "gridPos": place,
        "datasource": _SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, **_colours(panel)}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}} if not is_now else {},
        "targets": [
            {
                "refId": chr(ord("A") + place_of_query),
                "datasource": _SOURCE,
                "expr": _asked(query, ticks),
                "legendFormat": query.legend or "__auto",
                "instant": is_now,
                "range": not is_now,
                "format": "table" if panel.form is Form.TABLE else "time_series",
            }
            for place_of_query, query in enumerate(panel.queries)
        ],
    }


def _colours(panel: Panel) -> Mapping[str, object]:
    """Return from where a number is red."""
    if panel.good is None or panel.bad is None:
        return {}
    rising = [{"color": "green", "value": None}, {"color": "red", "value": panel.bad}]
    falling = [{"color": "red", "value": None}, {"color": "green", "value": panel.good}]
    steps = rising if panel.bad > panel.good else falling
    return {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}


def _guide(dashboard: Dashboard) -> Iterator[Mapping[str, object]]:
    """Yield what each alert means, where it is looked for at night."""
    if dashboard is not NIGHT:
        return
    lines = [
        f"- **{alert.name}**: {alert.so}" for severity in Severity for alert in ALERTS if alert.severity is severity
    ]
    yield {
        "id": len(dashboard.panels) + 1,
        "type": "text",
        "title": "What it means, and what to do first",
        "gridPos": {"x": 0, "y": 100, "w": _COLUMNS, "h": 14},
        "options": {"mode": "markdown", "content": "\n".join(lines)},
    }


def _asked(query: Query, ticks: Ticks) -> str:
    return query.expression.format(window=ticks.window)
