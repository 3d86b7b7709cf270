"""The command line as others use it: processes of its own, on free ports, in folders of their own."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event, Timer
from time import monotonic
from typing import IO, Any, Final

import httpx2

PROJECT: Final = Path(__file__).parents[1]
PATIENCE: Final = 60.0
_READY_WITHIN: Final = 3 * PATIENCE
COMMAND: Final = (sys.executable, "-m", "doorward")


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def started(
    *arguments: str,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    command: tuple[str, ...] = COMMAND,
    stderr: int | IO[str] = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start the command line."""
    assignments = [f"{name}={value}" for name, value in (variables or {}).items()]
    return subprocess.Popen(
        ["env", *assignments, *command, *arguments],
        cwd=cwd,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )


@contextmanager
def working(
    data_dir: Path, variables: Mapping[str, str], *, log: int | IO[str] = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """Run a worker, and end it if the test did not. `log` is where its complaints go."""
    process = started("worker", "--data-dir", str(data_dir), cwd=data_dir.parent, variables=variables, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ran(
    *arguments: str,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    command: tuple[str, ...] = COMMAND,
) -> tuple[int, str, str]:
    """Run the command line to its end, and return its status and what it said on stdout and stderr."""
    process = started(*arguments, cwd=cwd, variables=variables, command=command)
    try:
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    return process.returncode, out, err


@dataclass
class Server:
    """A server in a process of its own. `log` is the file that it writes its complaints to: no pipe, which can fill."""

    process: subprocess.Popen[str]
    port: int
    greeting: dict[str, Any]
    log: IO[str]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def get(self, path: str) -> httpx2.Response:
        """Get something."""
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE)

    def post(self, path: str, body: object) -> httpx2.Response:
        """Send something."""
        return httpx2.post(f"http://127.0.0.1:{self.port}{path}", json=body, timeout=PATIENCE)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal, and return the status and what was said since the start."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, _whole(self.log)


@contextmanager
def serving(
    data_dir: Path,
    *arguments: str,
    port: int | None = None,
    variables: Mapping[str, str] | None = None,
    command: tuple[str, ...] = COMMAND,
    log: IO[str] | None = None,
) -> Iterator[Server]:
    """Run a server that has said that it is ready, and end it if the test did not. `log` is where its complaints go."""
    chosen = port or free_port()
    options = ("serve", "--json", "--port", str(chosen), "--data-dir", str(data_dir), *arguments)
    with (
        TemporaryFile("w+", encoding="utf-8") as other,
        started(*options, cwd=data_dir.parent, variables=variables, command=command, stderr=log or other) as process,
    ):
        complaints = log or other
        try:
            yield Server(process, chosen, _greeting(process, complaints), complaints)
        finally:
            if process.poll() is None:
                process.kill()


def _greeting(process: subprocess.Popen[str], log: IO[str]) -> dict[str, Any]:
    """Return the document that a server prints when it is ready."""
    assert process.stdout is not None
    lines = []
    end = Timer(_READY_WITHIN, process.kill)
    end.start()
    try:
        for line in process.stdout:
            lines.append(line)
            if line == "}\n" and '  "issuer": ' in "".join(lines):
                greeting: dict[str, Any] = json.loads("".join(lines))
                return greeting
        process.wait()
    finally:
        end.cancel()
    raise AssertionError(f"the server ended before it was ready: {''.join(lines)}{_whole(log)}")


def _whole(log: IO[str]) -> str:
    log.seek(0)
    return log.read()


def wait_until(condition: Callable[[], bool], *, told: Callable[[], str] = lambda: "it did not come to hold") -> None:
    """Return when the condition holds; `told` is what is said where it does not come to."""
    until, pause = monotonic() + PATIENCE, Event()
    while not condition():
        assert monotonic() < until, told()
        pause.wait(0.05)


def wait_until_closed(port: int) -> None:
    """Return when nothing listens on the port any more."""

    def is_closed() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), PATIENCE).close()
        except ConnectionRefusedError:
            return True
        return False

    wait_until(is_closed)
