"""Servers that speak S3, for tests: real ones, on free ports.

Moto keeps the rules of S3, and asks nobody who they are. Rclone checks every signature, and knows less of the rules.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx2
import pytest

from tests.processes import PATIENCE, free_port, wait_until

KEY_ID: Final = "doorward-test-key-id"
SECRET: Final = "doorward/test+secret"
_BUCKETS: Final = count()
_BESIDE: Final = Path(sys.executable).parent


@dataclass(frozen=True)
class BucketServer:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def url(
        self, bucket: str, prefix: str = "", *, user: str = f"{KEY_ID}:{quote(SECRET, safe='')}", more: str = ""
    ) -> str:
        """Return what a setting would say to have a bucket here."""
        return f"s3://{user}{'@' if user else ''}{bucket}/{prefix}?endpoint={self.address}{more}"

    def make(self, bucket: str) -> str:
        """Make a bucket on a server that asks nobody who they are, and return its name."""
        assert httpx2.put(f"{self.address}/{bucket}", timeout=PATIENCE).status_code == 200
        return bucket

    def unfinished(self, bucket: str) -> int:
        """Return how many uploads of many pieces were begun and not ended."""
        return httpx2.get(f"{self.address}/{bucket}?uploads", timeout=PATIENCE).text.count("<Upload>")

    def pause(self) -> None:
        """Let it stand still: connections stay open, and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def moto() -> Iterator[BucketServer]:
    """Return a server that keeps the rules of S3."""
    with a_moto() as server:
        yield server


@pytest.fixture
def bucket(moto: BucketServer) -> str:
    """Return the name of a new bucket of that server."""
    return moto.make(f"kept-{next(_BUCKETS)}")


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    """Return a server that checks signatures, with one bucket."""
    folder = tmp_path_factory.mktemp("buckets")
    (folder / "kept").mkdir()
    with an_rclone(folder) as server:
        yield server


@contextmanager
def a_moto() -> Iterator[BucketServer]:
    """Run a server of Moto while the block runs."""
    port = free_port()
    with _running(port, str(_BESIDE / "moto_server"), "--host", "127.0.0.1", "--port", str(port)) as server:
        yield server


@contextmanager
def an_rclone(folder: Path) -> Iterator[BucketServer]:
    """Run a server of rclone while the block runs. The folders in `folder` are its buckets."""
    port = free_port()
    place = ("--config", "/dev/null", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY_ID},{SECRET}")
    with _running(port, str(_BESIDE / "rclone"), "serve", "s3", *place, str(folder)) as server:
        yield server


@contextmanager
def _running(port: int, *command: str) -> Iterator[BucketServer]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        server = BucketServer(process, port)
        try:
            wait_until(lambda: _answers(server))
            yield server
        finally:
            server.kill()


def _answers(server: BucketServer) -> bool:
    assert server.process.poll() is None, "the server ended"
    try:
        httpx2.get(server.address, timeout=PATIENCE)
    except httpx2.TransportError:
        return False
    return True
