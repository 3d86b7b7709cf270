"""The files of monitoring, by their names."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from doorward.gateway.monitoring import dashboards, rules, yaml
from doorward.gateway.monitoring.rules import Severity
from doorward.gateway.monitoring.ticks import WINDOW, Ticks
from doorward.gateway.topology import Address, Monitoring, Topology

_NOTE: Final = "Written by `doorward monitoring`. Change topology.toml, and write it anew."
_DEFAULTS: Final = Monitoring(server="127.0.0.1:9090")
_NOBODY: Final = "nobody"
_SOMEBODY: Final = "somebody"


def written(topology: Topology, folder: Path) -> Mapping[str, str]:
    """Return the files by their names below `folder`; they name one another as they will stand there."""
    monitoring = topology.monitoring or _DEFAULTS
    ticks = Ticks(monitoring.every_seconds)
    return {
        "prometheus.yml": yaml.written(_prometheus(topology, monitoring, ticks, folder), note=_NOTE),
        "doorward-rules.yml": yaml.written(rules.written(ticks), note=_NOTE),
        "alertmanager.yml": yaml.written(_alertmanager(monitoring, ticks), note=_NOTE),
        "grafana/provisioning/datasources/doorward.yml": yaml.written(_source(monitoring), note=_NOTE),
        "grafana/provisioning/dashboards/doorward.yml": yaml.written(_provider(folder), note=_NOTE),
        **{
            f"grafana/dashboards/{dashboard.uid}.json": dashboards.written(dashboard, ticks)
            for dashboard in dashboards.DASHBOARDS
        },
    }


def started(topology: Topology, folder: Path) -> Iterator[str]:
    """Yield the commands that start Prometheus, and Alertmanager where there is one.

    Each listens where the topology says, and nowhere else: neither asks who somebody is.
    """
    monitoring = topology.monitoring or _DEFAULTS
    yield f"prometheus --config.file={folder}/prometheus.yml --web.listen-address={monitoring.server}"
    if monitoring.alertmanager is not None:
        listen = f"--web.listen-address={monitoring.alertmanager} --cluster.listen-address="
        yield f"alertmanager --config.file={folder}/alertmanager.yml {listen}"


def _prometheus(topology: Topology, monitoring: Monitoring, ticks: Ticks, folder: Path) -> Mapping[str, object]:
    return {
        "global": {
            "scrape_interval": ticks(1),
            "scrape_timeout": ticks(1),
            "evaluation_interval": ticks(1),
        },
        "rule_files": [f"{folder}/doorward-rules.yml"],
        **_told(monitoring),
        "scrape_configs": list(_asked(topology, monitoring)),
    }


def _told(monitoring: Monitoring) -> Mapping[str, object]:
    """Return where alerts go; nowhere without an Alertmanager."""
    if monitoring.alertmanager is None:
        return {}
    return {"alerting": {"alertmanagers": [{"static_configs": [{"targets": [monitoring.alertmanager]}]}]}}


def _asked(topology: Topology, monitoring: Monitoring) -> Iterator[Mapping[str, object]]:
    """Yield who is asked: servers, workers, and what else there is, each by the name that rules know it by."""
    groups: Mapping[str, tuple[Address, ...]] = {
        "doorward": topology.watched,
        "doorward-worker": topology.workers,
        "other": monitoring.targets,
        "prometheus": (monitoring.server,),
    }
    for name, targets in groups.items():
        if targets:
            yield {"job_name": name, "static_configs": [{"targets": list(targets)}]}


def _alertmanager(monitoring: Monitoring, ticks: Ticks) -> Mapping[str, object]:
    """Return who is told what: pages at once and again every hour, tickets once a day."""
    somebody = _SOMEBODY if monitoring.webhook else _NOBODY
    page, ticket = (f'severity="{severity.value}"' for severity in Severity)
    posted = [{"url": monitoring.webhook, "send_resolved": True}] if monitoring.webhook else []
    return {
        "route": {
            "receiver": somebody,
            "group_by": ["alertname"],
            "group_wait": ticks(2),
            "group_interval": ticks(WINDOW),
            "repeat_interval": "24h",
            "routes": [
                {"receiver": somebody, "matchers": [page], "group_wait": ticks(1), "repeat_interval": "1h"},
                {"receiver": somebody, "matchers": [ticket]},
            ],
        },
        "inhibit_rules": [
            # Whoever knows that the store is away need not hear of what follows from it.
            {
                "source_matchers": ['alertname="DoorwardStoreAway"'],
                "target_matchers": ['alertname=~"Doorward(AnswersFail|Slow|StoreSlow|StoreCrowded|LanesRefuse)"'],
            },
            {
                "source_matchers": ['alertname="DoorwardCacheAway"'],
                "target_matchers": ['alertname="DoorwardFeedLate"'],
                "equal": ["instance"],
            },
        ],
        "receivers": [
            {"name": _NOBODY},
            *([{"name": _SOMEBODY, "webhook_configs": posted}] if posted else []),
        ],
    }


def _source(monitoring: Monitoring) -> Mapping[str, object]:
    source = {"name": "Prometheus", "type": "prometheus", "access": "proxy", "url": f"http://{monitoring.server}"}
    return {"apiVersion": 1, "datasources": [{**source, "isDefault": True}]}


def _provider(folder: Path) -> Mapping[str, object]:
    provider = {"name": "doorward", "type": "file", "options": {"path": f"{folder}/grafana/dashboards"}}
    return {"apiVersion": 1, "providers": [provider]}
