"""Processes that a bench starts, waits for, and ends by their id."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.machine import on_cores
from benchmarks.run import CannotMeasure

HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.005
_SHOWN_CHARACTERS: Final = 600
_OK: Final = b" 200 "
_ROOT: Final = Path(__file__).absolute().parents[1]
CODE: Final = os.pathsep.join([str(_ROOT), str(_ROOT / "src")])
"""Where a server finds the benches, and the program that lies beside them, whichever other is installed."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. `ready_after` is how many seconds that took from its start."""

    pid: int
    port: int
    ready_after: float


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(
    command: Sequence[str],
    port: int,
    *,
    ready: str,
    environment: Mapping[str, str],
    cores: frozenset[int],
    log: Path,
    patience_seconds: float = _PATIENCE_SECONDS,
) -> Iterator[Server]:
    """Start a server on these cores, and end it with the block; `ready` is the path that answers 200 when it is up.

    Raises: CannotMeasure, when it does not come up in time.
    """
    started = perf_counter()
    with log.open("wb") as sink, on_cores(cores):
        given = {"PYTHONPATH": CODE, **environment}
        process = subprocess.Popen(command, env=given, stdout=sink, stderr=subprocess.STDOUT)  # noqa: S603 (our own)
    try:
        while not answers(port, ready):
            if process.poll() is not None or perf_counter() - started > patience_seconds:
                raise CannotMeasure(f"the server did not come up: {_tail(log)}")
            pause(_POLL_SECONDS)
        yield Server(process.pid, port, perf_counter() - started)
    finally:
        _end(process)


def answers(port: int, path: str) -> bool:
    """Tell whether a GET of `path` is answered with 200 now."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.create_connection((HOST, port), timeout=_PATIENCE_SECONDS) as connection:
            connection.sendall(request)
            return _OK in connection.recv(64)
    except OSError:
        return False


def pause(seconds: float) -> None:
    """Do nothing for a while."""
    threading.Event().wait(seconds)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_SHOWN_CHARACTERS:].strip() or "it said nothing"
