"""What `doorward gateway nginx` writes, in a real nginx: limits, kept verdicts, servers that end, strange requests."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import httpx2
import pytest

from tests.gateways.people import Person, Place, an_account
from tests.gateways.servers import Ports, a_gateway_of, an_application, description, program_of, written
from tests.parts import missing
from tests.processes import PATIENCE, Server, free_port, serving, wait_until

API: Final = "/.well-known/jwks.json"
AT_ONCE: Final = 100
A_MINUTE: Final = 5
CALLERS: Final = 8


@pytest.fixture(scope="module")
def program() -> str:
    found = program_of("nginx")
    if found is None:
        missing("nginx is not here", remedy="`scripts/system-parts gateways` brings it")
    return found


@contextmanager
def instances(folder: Path, ports: Ports) -> Iterator[tuple[Server, Server]]:
    """Run two servers of Doorward on one store."""
    hosts = [{"origin": ports.issuer}, {"origin": ports.reports}]
    variables = {
        "DOORWARD_ISSUER": ports.issuer,
        "DOORWARD_PROTECTED_HOSTS": json.dumps(hosts),
        "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
    }
    with (
        serving(folder, port=ports.doorward, variables=variables) as first,
        serving(folder, port=ports.others[0], variables=variables) as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ports, tuple[Server, Server]]]:
    """Run what stands behind the gateways of this module: two servers of Doorward, and an application."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application, (free_port(),))
        with instances(tmp_path_factory.mktemp("behind") / "data", ports) as servers:
            for name in ("margaret", "grace"):
                an_account(servers[0], name)
            yield ports, servers


@pytest.fixture
def ports(behind: tuple[Ports, tuple[Server, Server]]) -> Ports:
    return behind[0]


@contextmanager
def nginx(
    program: str, folder: Path, ports: Ports, *, verdict_seconds: int = 0, scale: int = 1000
) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx as it is written for these servers."""
    folder.mkdir()
    place = written(folder, description(folder, ports, verdict_seconds=verdict_seconds, scale=scale))
    with a_gateway_of(program, ["-c", str(place)], folder, ports) as process:
        yield process


def answers(address: str, times: int) -> list[httpx2.Response]:
    """Ask for the same so many times at once."""
    with httpx2.Client(timeout=PATIENCE) as client, ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(lambda _: client.get(address), range(times)))


def test_limit_of_the_api_bites_and_says_when_to_come_back(program: str, ports: Ports, tmp_path: Path) -> None:
    with nginx(program, tmp_path / "nginx", ports, scale=1):
        got = answers(f"{ports.issuer}{API}", 4 * AT_ONCE)

    refused = [answer for answer in got if answer.status_code == 429]
    assert len(got) - len(refused) >= AT_ONCE
    assert refused
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}
    assert {answer.json()["code"] for answer in refused} == {"TOO_MANY_REQUESTS"}
    assert {answer.headers["content-type"] for answer in refused} == {"application/problem+json"}


def test_limit_of_the_sign_in_page_counts_attempts_and_not_looks(program: str, ports: Ports, tmp_path: Path) -> None:
    accepts = {"accept": "text/html"}
    with nginx(program, tmp_path / "nginx", ports, scale=1), httpx2.Client(timeout=PATIENCE) as client:
        looks = [client.get(f"{ports.issuer}/sign-in", headers=accepts).status_code for _ in range(3 * A_MINUTE)]
        tries = [client.post(f"{ports.issuer}/sign-in", data={}, headers=accepts) for _ in range(A_MINUTE + 2)]

    assert set(looks) == {200}
    assert [answer.status_code == 429 for answer in tries] == [False] * A_MINUTE + [True, True]
    assert tries[-1].headers["retry-after"] == "12"
    assert "Wait 12 seconds" in tries[-1].text
    assert tries[-1].headers["content-security-policy"].startswith("default-src 'none'")


def test_limit_cannot_be_evaded_by_saying_where_one_comes_from(program: str, ports: Ports, tmp_path: Path) -> None:
    with nginx(program, tmp_path / "nginx", ports, scale=1), httpx2.Client(timeout=PATIENCE) as client:
        tries = [
            client.post(f"{ports.issuer}/sign-in", data={}, headers={"x-forwarded-for": f"203.0.113.{number}"})
            for number in range(A_MINUTE + 1)
        ]

    assert tries[-1].status_code == 429


NEIGHBOURS: Final = """
import socket, sys
def status(source):
    with socket.socket(socket.AF_INET6) as line:
        line.bind((source, 0))
        line.connect(("::1", int(sys.argv[1])))
        line.sendall(f"POST /sign-in HTTP/1.0\\r\\nHost: localhost:{sys.argv[1]}\\r\\n\\r\\n".encode())
        return int(line.recv(64).split()[1])
for network in ("fd00:1", "fd00:2"):
    print(sum(status(f"{network}::{number:x}") != 429 for number in range(1, 1001)))
"""


@contextmanager
def a_network_with_many_addresses() -> Iterator[list[str]]:
    """Make a network of this machine's own in which two whole /64 are its own, and return what runs commands there."""
    name = f"dwgw{os.getpid()}"
    for command in (
        ["ip", "netns", "add", name],
        ["ip", "-n", name, "link", "set", "lo", "up"],
        ["ip", "netns", "exec", name, "sysctl", "-q", "net.ipv6.ip_nonlocal_bind=1"],
        *(["ip", "-n", name, "-6", "route", "add", "local", f"fd00:{each}::/64", "dev", "lo"] for each in (1, 2)),
    ):
        if shutil.which("ip") is None or subprocess.run(command, check=False, capture_output=True).returncode:
            missing("a network of its own is not possible here", remedy="run `scripts/system-parts faults` as root")
    try:
        yield ["ip", "netns", "exec", name]
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def test_thousand_addresses_of_one_network_count_as_one(program: str, ports: Ports, tmp_path: Path) -> None:
    """Behind this gateway there is nobody: whoever is let in hears so."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    place = written(folder, description(folder, ports, scale=1, listen="::1"))
    with a_network_with_many_addresses() as inside:
        process = subprocess.Popen([*inside, program, "-c", str(place)])
        try:
            wait_until((folder / "nginx.pid").exists)
            command = [*inside, sys.executable, "-c", NEIGHBOURS, str(ports.gateway)]
            told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
        finally:
            process.terminate()
            process.wait(PATIENCE)

    admitted = [int(each) for each in told.split()]
    assert len(admitted) == 2
    assert all(A_MINUTE <= each <= A_MINUTE + 2 for each in admitted)


def asked(servers: tuple[Server, Server]) -> int:
    """Return how often Doorward was asked whether a request may pass, and said yes."""
    line = re.compile(
        r'^doorward_http_requests_total\{method="GET",route="/forward-auth",status_class="2xx",.*\} ([0-9.]+)',
        re.MULTILINE,
    )
    found = [line.search(server.get("/metrics").text) for server in servers]
    return sum(int(float(each[1])) for each in found if each)


def test_verdict_is_kept_for_a_moment_and_for_these_credentials_alone(
    program: str, behind: tuple[Ports, tuple[Server, Server]], tmp_path: Path
) -> None:
    ports, servers = behind
    with nginx(program, tmp_path / "nginx", ports, verdict_seconds=2) as _, people(ports, 2) as (margaret, grace):
        address = f"{ports.issuer}/app/list"
        margaret.arrive(address)
        grace.arrive(address, name="grace")
        before = asked(servers)
        seen = [margaret.open(f"{address}?page={page}").told["x-auth-username"] for page in range(50)]
        others = [grace.open(address).told["x-auth-username"] for _ in range(5)]
        stranger = httpx2.get(address, headers={"accept": "*/*"})
        after = asked(servers)

    assert (set(seen), set(others), stranger.status_code) == ({"margaret"}, {"grace"}, 401)
    assert after - before < len(seen) / 2


def test_verdict_ends_with_the_session_within_its_bound(program: str, ports: Ports, tmp_path: Path) -> None:
    with nginx(program, tmp_path / "nginx", ports, verdict_seconds=2), people(ports, 1) as (margaret,):
        address = f"{ports.issuer}/app/list"
        margaret.arrive(address)
        margaret.sign_out()

        wait_until(lambda: margaret.client.get(address, headers={"accept": "*/*"}).status_code == 401)


@contextmanager
def people(ports: Ports, many: int) -> Iterator[tuple[Person, ...]]:
    """Let some browsers be there."""
    there = tuple(Person(Place("nginx", ports)) for _ in range(many))
    try:
        yield there
    finally:
        for person in there:
            person.client.close()


@pytest.fixture
def doomed(program: str, tmp_path: Path) -> Iterator[tuple[Ports, Server]]:
    """Run a gateway before two servers, one of which is there to be killed."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application, (free_port(),))
        with instances(tmp_path / "data", ports) as (first, _), nginx(program, tmp_path / "nginx", ports):
            yield ports, first


def test_server_that_is_killed_loses_no_more_than_what_it_was_answering(doomed: tuple[Ports, Server]) -> None:
    ports, server = doomed
    stop = Event()
    with ThreadPoolExecutor(CALLERS) as pool:
        asking = [pool.submit(ask_on, f"{ports.issuer}{API}", stop) for _ in range(CALLERS)]
        server.process.kill()
        server.process.wait(PATIENCE)
        stop.set()
        statuses = [status for each in asking for status in each.result()]

    assert len([status for status in statuses if status != 200]) <= CALLERS


def test_server_that_is_gone_is_noticed_by_nobody(doomed: tuple[Ports, Server]) -> None:
    ports, server = doomed
    server.process.kill()
    server.process.wait(PATIENCE)

    assert {httpx2.get(f"{ports.issuer}{API}").status_code for _ in range(CALLERS)} == {200}
    assert {httpx2.post(f"{ports.issuer}/oauth/token").status_code for _ in range(CALLERS)} == {400}


def ask_on(address: str, stop: Event) -> list[int]:
    """Ask until told to stop, and once more, and return the statuses."""
    statuses = []
    with httpx2.Client(timeout=PATIENCE) as client:
        while True:
            is_last = stop.is_set()
            statuses.append(client.get(address).status_code)
            if is_last:
                return statuses


STRANGE: Final[Mapping[str, str]] = {
    "two lengths": "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\na=bc",
    "a length and chunks": (
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "chunks that are not chunks": (
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"
    ),
    "two hosts": "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "a space before the colon": "GET / HTTP/1.1\r\nHost : {host}\r\n\r\n",
    "a folded field": "GET / HTTP/1.1\r\nHost: {host}\r\nX-A: b\r\n c: d\r\n\r\n",
    "another name": "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a control character": "GET /\x01 HTTP/1.1\r\nHost: {host}\r\n\r\n",
}


@pytest.fixture(scope="module")
def running(
    program: str, behind: tuple[Ports, tuple[Server, Server]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ports]:
    """Run nginx with limits that nobody meets."""
    with nginx(program, tmp_path_factory.mktemp("nginx") / "nginx", behind[0]):
        yield behind[0]


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_request_that_can_be_read_in_two_ways_reaches_nobody(running: Ports, strange: str) -> None:
    with socket.create_connection(("127.0.0.1", running.gateway), timeout=PATIENCE) as line:
        line.sendall(strange.format(host=f"localhost:{running.gateway}").encode("latin-1"))
        status = line.makefile("rb").readline().split()[1]

    assert status in (b"400", b"421", b"501")


def test_place_that_is_open_hears_nothing_of_who_one_claims_to_be(running: Ports) -> None:
    forged = {"x-auth-subject": "root", "X-Auth-Roles": "operator", "x-forwarded-uri": "/"}

    told = dict(httpx2.get(f"{running.issuer}/open/list", headers=forged).json()["headers"])

    assert [name for name in told if name.lower().startswith(("x-auth-", "x-forwarded-uri"))] == []


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/files/", 200, "no-cache"),
        ("/files/notes/7", 200, "no-cache"),
        ("/files/assets/app.js", 200, "public, max-age=31536000, immutable"),
        ("/files/..%2fnginx.conf", 400, None),
        ("/files/%2e%2e/doorward.conf", 404, None),
        ("/files../doorward.conf", 404, None),
    ],
)
def test_files_are_kept_by_browsers_as_long_as_they_are_right(
    running: Ports, path: str, status: int, kept: str | None
) -> None:
    answer = httpx2.get(f"{running.issuer}{path}")

    assert "proxy_pass" not in answer.text
    if kept is not None:
        assert (answer.status_code, answer.headers["cache-control"]) == (status, kept)
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("asked", "heard"), [("websocket", "websocket"), ("h2c", None), ("h2c, websocket", None)])
def test_only_sockets_may_leave_http(running: Ports, asked: str, heard: str | None) -> None:
    """On a line that speaks h2c a caller asks for whatever they like, and nobody asks Doorward about it."""
    sent = {"connection": "Upgrade, HTTP2-Settings", "upgrade": asked, "http2-settings": "AAMAAABkAAQAAP__"}

    told = dict(httpx2.get(f"{running.issuer}/open/list", headers=sent).json()["headers"])

    assert told.get("Upgrade") == heard
    assert told.get("Connection") == ("upgrade" if heard else None)


def test_figures_are_for_nobody_outside(running: Ports) -> None:
    assert httpx2.get(f"{running.issuer}/metrics").status_code == 404


def test_server_hears_who_calls_from_the_gateway_alone(running: Ports) -> None:
    lies = {"x-forwarded-for": "203.0.113.7", "forwarded": "for=203.0.113.7", "x-real-ip": "203.0.113.7"}
    with people(running, 1) as (margaret,):
        margaret.arrive(f"{running.reports}/list")
        told = dict(margaret.open(f"{running.reports}/list", **lies).answer.json()["headers"])

    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert "Forwarded" not in told
    assert re.fullmatch("[0-9a-f]{32}", told["X-Request-Id"])
