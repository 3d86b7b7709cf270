"""Gateways behind another proxy: its word counts, and of what it says the last."""

from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.gateways.servers import KINDS, Kind, Ports, description, running
from tests.gateways.test_limits import A_MINUTE, LIMITING, attempt, counting

PROXY: Final = ("127.0.0.1/32",)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_server_hears_whom_it_names_last(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    said = {
        "x-forwarded-for": "203.0.113.1, 198.51.100.7",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-forwarded-uri": "/open/",
        "x-forwarded-method": "GET",
        "x-real-ip": "203.0.113.1",
    }
    gateway = description(tmp_path, ports, behind=PROXY, has_files=kind.has_files)

    with running(kind, tmp_path, ports, gateway):
        told = dict(httpx2.get(f"{ports.issuer}/open/list", headers=said).json()["headers"])

    assert told["X-Forwarded-For"].split(", ")[-1] == "198.51.100.7"
    assert told["X-Forwarded-Proto"] == "http"
    assert told["X-Forwarded-Host"].partition(":")[0] == "localhost"
    assert told.keys().isdisjoint({"X-Forwarded-Uri", "X-Forwarded-Method", "X-Real-Ip"})


@pytest.mark.parametrize("caller", ["198.51.100.{}", "2001:db8:7:{}::1"])
@pytest.mark.parametrize("kind", LIMITING, ids=lambda kind: kind.name)
def test_limit_counts_whom_it_names_last(kind: Kind, ports: Ports, tmp_path: Path, caller: str) -> None:
    with counting(kind, tmp_path, ports, behind=PROXY) as client:
        tries = [
            attempt(client, ports, said=f"203.0.113.{number}, {caller.format(7)}") for number in range(A_MINUTE + 1)
        ]
        another = attempt(client, ports, said=f"203.0.113.1, {caller.format(8)}")

    assert tries[-1].status_code == 429
    assert another.status_code != 429


@pytest.mark.parametrize("kind", LIMITING, ids=lambda kind: kind.name)
def test_limit_counts_a_network_of_ipv6_as_one(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    with counting(kind, tmp_path, ports, behind=PROXY) as client:
        tries = [attempt(client, ports, said=f"2001:db8::{number}:1") for number in range(1, A_MINUTE + 2)]

    assert tries[-1].status_code == 429


def test_limit_counts_addresses_of_ipv4_each_by_itself_however_they_are_written(ports: Ports, tmp_path: Path) -> None:
    """The others say beforehand that they count them as one."""
    with counting(LIMITING[0], tmp_path, ports, behind=PROXY) as client:
        tries = [attempt(client, ports, said="::ffff:198.51.100.7") for _ in range(A_MINUTE + 1)]
        another = attempt(client, ports, said="::ffff:198.51.100.8")

    assert tries[-1].status_code == 429
    assert another.status_code != 429
