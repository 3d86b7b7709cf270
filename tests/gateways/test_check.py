"""`doorward gateway check` before the real servers: as they are written, and with a defence taken away."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from doorward.adapters.clock.system import SystemClock
from doorward.gateway.check import examine
from doorward.gateway.line import Line
from tests.gateways.servers import KINDS, Change, Kind, Ports, description, running
from tests.processes import free_port

NGINX, TRAEFIK, CADDY, ENVOY = KINDS


@dataclass(frozen=True)
class Without:
    """A gateway that one of its defences was taken away from, and the probes that notice."""

    kind: Kind
    changed: Change
    noticed: frozenset[str]


BOTH_LIMITS: Final = frozenset({"sign-in limit", "api limit"})
WITHOUT: Final[Mapping[str, Without]] = {
    "limits": Without(NGINX, ("doorward-limits.conf", r"limit_req zone=[^;]+;", ""), BOTH_LIMITS),
    "doubt about callers": Without(
        NGINX,
        ("doorward-server.conf", r"\A", "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"),
        frozenset({"sign-in limit"}),
    ),
    "a question to Doorward": Without(
        NGINX, ("doorward-guard.conf", r"auth_request /_doorward;", ""), frozenset({"identity"})
    ),
    "a lid on the figures": Without(
        NGINX, ("doorward.conf", r"location = /metrics {\s+return 404;\s+}", ""), frozenset({"figures"})
    ),
    "names of its own": Without(NGINX, ("doorward.conf", r"return 421;", "return 200;"), frozenset({"names"})),
    "limits of Traefik": Without(
        TRAEFIK, ("doorward.yaml", r"(doorward-counted[a-z-]*:\n\s+rateLimit:\n\s+average:) \d+", r"\1 0"), BOTH_LIMITS
    ),
    "a question of Traefik": Without(TRAEFIK, ("doorward.yaml", r"doorward-asks, ", ""), frozenset({"identity"})),
    "a lid of Traefik": Without(TRAEFIK, ("doorward.yaml", r" && !Path\(`/metrics`\)", ""), frozenset({"figures"})),
    "a question of Caddy": Without(
        CADDY, ("Caddyfile", r"invoke doorward-asks", ""), frozenset({"identity"}) | BOTH_LIMITS
    ),
    "limits of Envoy": Without(
        ENVOY,
        ("doorward.json", r'("filter_enforced": \{\s+"default_value": \{\s+"numerator":) 100', r"\1 0"),
        BOTH_LIMITS,
    ),
    "a question of Envoy": Without(
        ENVOY,
        (
            "doorward.json",
            r'("failure_mode_allow": false,)',
            r'\1 "filter_enabled": {"default_value": {"numerator": 0}},',
        ),
        frozenset({"identity"}),
    ),
    "a lid of Envoy": Without(ENVOY, ("doorward.json", r'"path": "/metrics"', '"path": "/m"'), frozenset({"figures"})),
    "names of Envoy": Without(ENVOY, ("doorward.json", r'"status": 421', '"status": 200'), frozenset({"names"})),
    "names of Caddy": Without(CADDY, ("Caddyfile", r"respond 421", "respond 200"), frozenset({"names"}) | BOTH_LIMITS),
}


@contextmanager
def examined(kind: Kind, folder: Path, ports: Ports, *, changed: Change | None = None) -> Iterator[dict[str, str]]:
    """Run a gateway, changed by hand where that is asked for, and give what each probe finds to be mended."""
    gateway = description(folder, ports, scale=1, has_files=kind.has_files)
    with running(kind, folder, ports, gateway, changed=changed):
        line, now = Line("localhost", ports.gateway, is_tls=False), SystemClock().now()
        yield {seen.probe: seen.remedy for seen in examine(line, gateway, now=now)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_gateway_as_it_is_written_has_nothing_to_mend_but_what_it_cannot_do(
    kind: Kind, ports: Ports, tmp_path: Path
) -> None:
    missing = set() if kind.has_limits else {"sign-in limit", "api limit"}

    with examined(kind, tmp_path, ports) as found:
        assert {probe for probe, remedy in found.items() if remedy} == missing

    assert len(found) == 8


@pytest.mark.parametrize("without", WITHOUT.values(), ids=WITHOUT)
def test_defence_that_is_gone_is_noticed(ports: Ports, tmp_path: Path, without: Without) -> None:
    with examined(without.kind, tmp_path, ports, changed=without.changed) as found:
        assert {probe for probe, remedy in found.items() if remedy} == without.noticed


def test_servers_that_are_away_are_noticed(tmp_path: Path) -> None:
    ports = Ports(free_port(), free_port(), free_port())

    with examined(NGINX, tmp_path, ports) as found:
        assert "topology.toml" in found["servers"]
