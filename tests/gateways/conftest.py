"""What stands behind the gateways of these tests."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gateways.people import an_account
from tests.gateways.servers import Ports, an_application
from tests.processes import Server, free_port, serving


@dataclass(frozen=True)
class Behind:
    """Two servers of Doorward on one store, and an application; the store has two accounts."""

    ports: Ports
    servers: tuple[Server, Server]
    store: Path


@contextmanager
def an_instance(store: Path, ports: Ports, port: int) -> Iterator[Server]:
    """Run a server of Doorward behind the gateway."""
    variables = {
        "DOORWARD_ISSUER": ports.issuer,
        "DOORWARD_PROTECTED_HOSTS": json.dumps([{"origin": ports.issuer}, {"origin": ports.reports}]),
        "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
    }
    with serving(store, port=port, variables=variables) as server:
        yield server


@pytest.fixture(scope="package")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Run what every gateway stands before in turn."""
    store = tmp_path_factory.mktemp("behind") / "data"
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application, (free_port(),))
        with (
            an_instance(store, ports, ports.doorward) as first,
            an_instance(store, ports, ports.others[0]) as second,
        ):
            for name in ("margaret", "grace"):
                an_account(first, name)
            yield Behind(ports, (first, second), store)


def asked(servers: tuple[Server, Server]) -> int:
    """Return how often Doorward was asked whether a request may pass, and said yes."""
    line = re.compile(
        r'^doorward_http_requests_total\{method="GET",route="/forward-auth",status_class="2xx",.*\} ([0-9.]+)',
        re.MULTILINE,
    )
    found = [line.search(server.get("/metrics").text) for server in servers]
    return sum(int(float(each[1])) for each in found if each)


@pytest.fixture
def ports(behind: Behind) -> Ports:
    """Return who listens where."""
    return behind.ports
