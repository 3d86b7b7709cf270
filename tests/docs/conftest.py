"""A server of its own for each page that shows how one is used."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import httpx2
import pytest

_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its port, a folder to work in, and the environment of commands that speak to it."""

    port: int
    folder: Path
    environment: dict[str, str]
    log: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    def here(self, page: str) -> str:
        """Return a page with the address of this server in place of the usual one."""
        return page.replace("localhost:8000", f"localhost:{self.port}")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            if httpx2.get(f"{address}/readyz").is_success:
                return
        except httpx2.TransportError:
            Event().wait(_PAUSE_SECONDS)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    port, log, folder = free_port(), tmp_path / "server.log", tmp_path / "folder"
    folder.mkdir()
    paths = (str(Path(sys.executable).parent), os.defpath)
    environment = {
        "PATH": os.pathsep.join(paths),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "DOORWARD_PORT": str(port),
        "DOORWARD_DATA_DIR": str(tmp_path / "doorward-data"),
    }
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "doorward", "serve"],
            cwd=folder,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://localhost:{port}", process, log)
        yield Served(port, folder, environment, log)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_SECONDS)
