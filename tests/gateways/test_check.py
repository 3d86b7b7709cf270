"""`doorward gateway check` before a real nginx: as it is written, and with each of its defences taken away."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from doorward.gateway.check import examine
from doorward.gateway.line import Line
from tests.gateways.servers import Ports, a_gateway_of, an_application, description, program_of, written
from tests.parts import missing
from tests.processes import free_port, serving

WITHOUT: Final[Mapping[str, tuple[str, str, str, frozenset[str]]]] = {
    "limits": ("doorward-limits.conf", r"limit_req zone=[^;]+;", "", frozenset({"sign-in limit", "api limit"})),
    "doubt about callers": (
        "doorward-server.conf",
        r"\A",
        "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;",
        frozenset({"sign-in limit"}),
    ),
    "a question to Doorward": ("doorward-guard.conf", r"auth_request /_doorward;", "", frozenset({"identity"})),
    "a lid on the figures": ("doorward.conf", r"location = /metrics {\s+return 404;\s+}", "", frozenset({"figures"})),
    "names of its own": ("doorward.conf", r"return 421;", "return 200;", frozenset({"names"})),
}


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run Doorward and an application."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application)
        variables = {
            "DOORWARD_ISSUER": ports.issuer,
            "DOORWARD_PROTECTED_HOSTS": json.dumps([{"origin": ports.issuer}, {"origin": ports.reports}]),
            "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
        }
        with serving(tmp_path_factory.mktemp("behind") / "data", port=ports.doorward, variables=variables):
            yield ports


@contextmanager
def running(folder: Path, ports: Ports, *, changed: tuple[str, str, str] | None = None) -> Iterator[dict[str, str]]:
    """Run nginx, changed by hand where that is asked for, and give what each probe finds to be mended."""
    program = program_of("nginx")
    if program is None:
        missing("nginx is not here", remedy="`scripts/system-parts gateways` brings it")
    folder.mkdir()
    gateway = description(folder, ports, scale=1)
    place = written(folder, gateway)
    if changed is not None:
        name, pattern, instead = changed
        text, times = re.subn(pattern, instead, (folder / name).read_text())
        assert times
        (folder / name).write_text(text)
    with a_gateway_of(program, ["-c", str(place)], folder, ports):
        yield {seen.probe: seen.remedy for seen in examine(Line("localhost", ports.gateway, is_tls=False), gateway)}


def test_gateway_as_it_is_written_has_nothing_to_mend(ports: Ports, tmp_path: Path) -> None:
    with running(tmp_path / "nginx", ports) as found:
        assert found == dict.fromkeys(found, "")

    assert len(found) == 7


@pytest.mark.parametrize("without", WITHOUT.values(), ids=WITHOUT)
def test_defence_that_is_gone_is_noticed(
    ports: Ports, tmp_path: Path, without: tuple[str, str, str, frozenset[str]]
) -> None:
    with running(tmp_path / "nginx", ports, changed=without[:3]) as found:
        assert {probe for probe, remedy in found.items() if remedy} == without[3]


def test_servers_that_are_away_are_noticed(tmp_path: Path) -> None:
    ports = Ports(free_port(), free_port(), free_port())

    with running(tmp_path / "nginx", ports) as found:
        assert "topology.toml" in found["servers"]
