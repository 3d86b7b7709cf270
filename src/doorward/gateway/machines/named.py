"""The same parts where each has a name instead of an address, as in a network of containers or of a cluster."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from doorward.gateway.topology import Address, Application, StoreKind, Topology
from doorward.settings.sections.server import LONGEST_DRAIN_SECONDS

SERVES_AT: Final = 8000
SHOWS_AT: Final = 9100
"""The ports at which every server of Doorward answers, and at which it shows its figures."""

STORE_PORTS: Final[Mapping[StoreKind, int]] = {StoreKind.POSTGRESQL: 5432, StoreKind.MONGODB: 27017}
CACHE_PORT: Final = 6379
PROMETHEUS_PORT: Final = 9090
ALERTMANAGER_PORT: Final = 9093
ENDS_WITHIN_SECONDS: Final = LONGEST_DRAIN_SECONDS + 30
"""How long a process has to take its leave, and to answer what it has begun, before it is killed."""

STATE: Final = Path("/run/doorward-gateway")
LOG: Final = Path("/dev/stdout")
"""Where a gateway in a container keeps verdicts, and writes its lines: whoever runs it takes them from there."""


def named(topology: Topology, *, gateway: IPv4Network) -> Topology:
    """Return where everything stands in a network in which parts are called by their names.

    `gateway` is where the gateway speaks from there.
    """
    changed: dict[str, object] = {
        "auth": {
            "servers": names("auth", topology.auth.servers),
            "metrics": names("auth", topology.auth.servers, SHOWS_AT),
        },
        "gateway": {
            **topology.gateway.model_dump(),
            "listen": [IPv4Address("0.0.0.0")],  # noqa: S104 (inside, there is one address)
            "networks": [gateway],
            "log": LOG,
            "state": STATE,
        },
        "applications": list(_applications(topology)),
    }
    if topology.files is not None:
        changed["files"] = {"servers": names("files", topology.files.servers)}
    if topology.worker is not None:
        changed["worker"] = {"servers": names("worker", topology.worker.servers, SHOWS_AT)}
    if topology.store is not None:
        port = STORE_PORTS.get(topology.store.kind)
        changed["store"] = {"kind": topology.store.kind, "servers": [f"store:{port}"] if port else []}
    if topology.cache is not None:
        changed["cache"] = {"servers": [f"cache:{CACHE_PORT}"]}
    if topology.monitoring is not None:
        alerts = f"alertmanager:{ALERTMANAGER_PORT}" if topology.monitoring.alertmanager else None
        changed["monitoring"] = {
            **topology.monitoring.model_dump(),
            "server": f"prometheus:{PROMETHEUS_PORT}",
            "alertmanager": alerts,
            "targets": [],
        }
    return Topology.model_validate(changed)


def names(part: str, servers: tuple[Address, ...], port: int = SERVES_AT) -> tuple[Address, ...]:
    """Return NAME:PORT of each server of a part."""
    return tuple(f"{part}-{number}:{port}" for number in range(1, len(servers) + 1))


def host_of(address: Address) -> str:
    """Return the name in NAME:PORT."""
    return address.rpartition(":")[0]


def port_of(address: Address) -> int:
    """Return the port in NAME:PORT."""
    return int(address.rpartition(":")[2])


def _applications(topology: Topology) -> Iterator[Mapping[str, object]]:
    for number, each in enumerate(topology.applications, 1):
        yield {**each.model_dump(), "servers": application_names(number, each)}


def application_names(number: int, application: Application) -> list[Address]:
    """Return NAME:PORT of each server of the application of that number, on the ports that it has now."""
    return [f"application-{number}-{copy}:{port_of(server)}" for copy, server in enumerate(application.servers, 1)]
