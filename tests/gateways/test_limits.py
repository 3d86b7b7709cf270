"""Limits of tier 1 in the real servers: they bite, they count who calls and no other, and a /64 is one caller."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.gateways.servers import KINDS, Kind, Ports, description, program_of, running
from tests.parts import missing
from tests.processes import PATIENCE

API: Final = "/.well-known/jwks.json"
AT_ONCE: Final = 100
A_MINUTE: Final = 5
CALLERS: Final = 8
LIMITING: Final = [kind for kind in KINDS if kind.has_limits]

pytestmark = pytest.mark.parametrize("kind", LIMITING, ids=lambda kind: kind.name)


@contextmanager
def counting(kind: Kind, folder: Path, ports: Ports, *, behind: Sequence[str] = ()) -> Iterator[httpx2.Client]:
    """Run a gateway with the limits of the table, and give what asks it."""
    gateway = description(folder, ports, scale=1, behind=behind, has_files=kind.has_files)
    with running(kind, folder, ports, gateway), httpx2.Client(timeout=PATIENCE) as client:
        yield client


def answers(ports: Ports, times: int) -> list[httpx2.Response]:
    """Ask for the same so many times at once."""
    with httpx2.Client(timeout=PATIENCE) as client, ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(lambda _: client.get(f"{ports.issuer}{API}"), range(times)))


def attempt(client: httpx2.Client, ports: Ports, *, said: str | None = None) -> httpx2.Response:
    """Try to sign in, from where one says."""
    fields = {} if said is None else {"x-forwarded-for": said}
    return client.post(f"{ports.issuer}/sign-in", data={}, headers=fields)


def test_limit_of_the_api_bites_and_says_when_to_come_back(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    with counting(kind, tmp_path, ports):
        got = answers(ports, 4 * AT_ONCE)

    refused = [answer for answer in got if answer.status_code == 429]
    assert len(got) - len(refused) >= AT_ONCE
    assert refused
    assert {answer.headers["retry-after"] for answer in refused} == {"1"}


def test_limit_of_the_sign_in_page_counts_attempts_and_not_looks(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    with counting(kind, tmp_path, ports) as client:
        looks = [client.get(f"{ports.issuer}/sign-in").status_code for _ in range(3 * A_MINUTE)]
        tries = [attempt(client, ports) for _ in range(A_MINUTE + 2)]

    assert set(looks) == {200}
    assert [answer.status_code == 429 for answer in tries] == [False] * A_MINUTE + [True, True]
    assert tries[-1].headers["retry-after"] == "12"


def test_limit_cannot_be_evaded_by_saying_where_one_comes_from(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    with counting(kind, tmp_path, ports) as client:
        tries = [attempt(client, ports, said=f"203.0.113.{number}") for number in range(A_MINUTE + 1)]

    assert tries[-1].status_code == 429


NEIGHBOURS: Final = """
import socket, sys, time
def status(source, asked):
    with socket.socket(socket.AF_INET6) as line:
        line.bind((source, 0))
        if line.connect_ex(("::1", int(sys.argv[1]))):
            return 404
        host = f"Host: localhost:{sys.argv[1]}"
        line.sendall(f"{asked} HTTP/1.1\\r\\n{host}\\r\\nContent-Length: 0\\r\\n\\r\\n".encode())
        return int(line.recv(64).split()[1])
while status("::1", "GET /healthz") == 404:
    time.sleep(0.05)
for network in ("fd00:1", "fd00:2"):
    print(sum(status(f"{network}::{number:x}", "POST /sign-in") != 429 for number in range(1, 1001)))
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


def test_thousand_addresses_of_one_network_count_as_one(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    """Behind this gateway there is nobody: whoever is let in hears so."""
    arguments = kind.arguments(tmp_path, description(tmp_path, ports, scale=1, listen="::1", has_files=kind.has_files))
    program = program_of(kind.name)
    if program is None:
        missing(f"{kind.name} is not here", remedy="`scripts/system-parts gateways` brings it")
    with a_network_with_many_addresses() as inside:
        process = subprocess.Popen([*inside, program, *arguments])
        try:
            command = [*inside, sys.executable, "-c", NEIGHBOURS, str(ports.gateway)]
            told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
        finally:
            process.terminate()
            process.wait(PATIENCE)

    admitted = [int(each) for each in told.split()]
    assert len(admitted) == 2
    assert all(A_MINUTE <= each <= A_MINUTE + 2 for each in admitted)
