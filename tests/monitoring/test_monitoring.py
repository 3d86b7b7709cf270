"""What `doorward monitoring` writes, in the real Prometheus and Alertmanager."""

import json
import signal

import pytest

from doorward.gateway.monitoring.dashboards import DASHBOARDS, Dashboard, expressions
from doorward.gateway.monitoring.rules import ALERTS, RECORDS
from doorward.gateway.monitoring.ticks import Ticks
from tests.monitoring.conftest import EVERY_SECONDS, Watched
from tests.monitoring.parts import checked
from tests.processes import wait_until


def test_files_are_content_to_the_programs_that_read_them(watched: Watched) -> None:
    assert "SUCCESS" in checked("promtool", "check", "config", f"{watched.folder}/prometheus.yml")
    assert "SUCCESS" in checked("amtool", "check-config", f"{watched.folder}/alertmanager.yml")


def test_prometheus_has_every_rule_and_none_fails(watched: Watched) -> None:
    def rules() -> list[dict[str, str]]:
        return [rule for group in watched.prometheus.get("rules")["groups"] for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] == "ok" for rule in rules()))

    assert {rule["name"] for rule in rules()} == {each.name for each in (*RECORDS, *ALERTS)}


def test_prometheus_asks_every_process_and_all_answer(watched: Watched) -> None:
    up = {found["metric"]["job"]: found["value"][1] for found in watched.prometheus.ask("up")}

    assert up == {"doorward": "1", "doorward-worker": "1", "prometheus": "1"}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_dashboard_every_expression_finds_something(watched: Watched, dashboard: Dashboard) -> None:
    asked = set(expressions(dashboard, Ticks(EVERY_SECONDS)))

    def is_answered() -> bool:
        watched.sign_in("nobody", "a wrong guess")
        watched.server.post("/oauth/register", {})
        asked.difference_update([each for each in asked if watched.prometheus.ask(each)])
        return not asked

    wait_until(is_answered, told=lambda: f"nothing is found for {sorted(asked)}")


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_dashboard_is_what_grafana_reads(watched: Watched, dashboard: Dashboard) -> None:
    document = json.loads((watched.folder / "grafana/dashboards" / f"{dashboard.uid}.json").read_text())

    panels = document["panels"]
    assert document["schemaVersion"] >= 36
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["type"] for panel in panels} <= {"timeseries", "stat", "table", "text"}
    assert [target["expr"] for panel in panels for target in panel.get("targets", ())] == list(
        expressions(dashboard, Ticks(EVERY_SECONDS))
    )
    assert not overlapping(panels)


def overlapping(panels: list[dict[str, dict[str, int]]]) -> list[tuple[int, int]]:
    """Return the cells of the grid that two panels cover."""
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert max(x for x, _ in cells) < 24
    return [] if len(set(cells)) == len(cells) else cells


def test_alert_many_guesses_reach_whoever_is_told(watched: Watched) -> None:
    def is_told() -> bool:
        for _ in range(5):
            watched.sign_in("nobody", "a wrong guess")
        return "DoorwardManyFailedSignIns" in watched.pager.names

    wait_until(is_told)

    (labels, *_) = [heard for heard in watched.pager.heard if heard["alertname"] == "DoorwardManyFailedSignIns"]
    assert labels["severity"] == "ticket"


def test_alert_a_worker_that_stands_still_reaches_whoever_is_woken(watched: Watched) -> None:
    told = {"DoorwardWorkerSilent", "DoorwardInstanceDown"}

    watched.worker.send_signal(signal.SIGSTOP)
    try:
        wait_until(lambda: told <= watched.pager.names, told=lambda: f"heard are {sorted(watched.pager.names)}")
    finally:
        watched.worker.send_signal(signal.SIGCONT)
