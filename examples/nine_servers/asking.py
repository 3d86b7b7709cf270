"""Asking each part whether it is ready, in its own words."""

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx2

from examples.nine_servers.place import HERE, port_of

_PATIENCE_SECONDS: Final = 5.0


def answers(address: str) -> Callable[[], bool]:
    """Return what tells whether an address answers well."""

    def ask() -> bool:
        try:
            return httpx2.get(address, timeout=_PATIENCE_SECONDS).is_success
        except httpx2.TransportError:
            return False

    return ask


def hears(address: str) -> Callable[[], bool]:
    """Return what tells whether the API hears of sessions that end."""

    def ask() -> bool:
        try:
            return bool(httpx2.get(f"{address}/health", timeout=_PATIENCE_SECONDS).json()["hears"])
        except (httpx2.TransportError, json.JSONDecodeError, KeyError):
            return False

    return ask


def is_postgresql(programs: Path, address: str) -> Callable[[], bool]:
    """Return what tells whether the database takes connections."""
    words = [str(programs / "pg_isready"), "--quiet", "--host", HERE, "--port", str(port_of(address))]
    return lambda: subprocess.run(words, check=False, capture_output=True).returncode == 0


def is_redis(address: str, password: str) -> Callable[[], bool]:
    """Return what tells whether the cache answers to its password."""

    def ask() -> bool:
        try:
            with socket.create_connection((HERE, port_of(address)), _PATIENCE_SECONDS) as line:
                line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\n") < 2:  # noqa: PLR2004 (an answer to each)
                    more = line.recv(64)
                    if not more:
                        return False
                    said += more
        except OSError:
            return False
        return said == b"+OK\r\n+PONG\r\n"

    return ask
