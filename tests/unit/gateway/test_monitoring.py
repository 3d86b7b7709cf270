from collections.abc import Mapping
from pathlib import Path

from doorward.gateway.monitoring import files
from doorward.gateway.topology import Topology


def of(**monitoring: object) -> Topology:
    sections: Mapping[str, object] = {
        "auth": {"servers": ["10.0.0.11:8000"]},
        "gateway": {"networks": ["10.0.0.5/32"]},
        "monitoring": {"server": "10.0.0.14:9090", **monitoring},
    }
    return Topology.model_validate(sections)


def test_started_listens_where_the_topology_says_and_nowhere_else() -> None:
    prometheus, alertmanager = files.started(of(alertmanager="10.0.0.14:9093"), Path("/etc/m"))

    assert prometheus == "prometheus --config.file=/etc/m/prometheus.yml --web.listen-address=10.0.0.14:9090"
    assert alertmanager.split() == [
        "alertmanager",
        "--config.file=/etc/m/alertmanager.yml",
        "--web.listen-address=10.0.0.14:9093",
        "--cluster.listen-address=",
    ]


def test_started_without_an_alertmanager_is_prometheus_alone() -> None:
    (prometheus,) = files.started(of(), Path("/etc/m"))

    assert prometheus.startswith("prometheus ")
