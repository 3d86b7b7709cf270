"""Programs that run side by side: started, waited for, and ended by their own process ids."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import IO, Final

import httpx2

PROJECT: Final = Path(__file__).parents[2]
HERE: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 60.0
_ENDS_WITHIN_SECONDS: Final = 15.0
_NOT_HANDED_ON: Final = ("DOORWARD_", "NOTES_", "DATABASE_URL", "REDIS_URL")


class Trouble(Exception):
    """The demonstration cannot go on: what is wrong, and what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass
class Agents:
    """The programs of one demonstration, which work in a folder of their own: no setting of yours reaches them."""

    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a program: this one's, without what would lead it to a deployment of yours."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)}
        # In a clone that is not installed, Doorward is found by its path.
        paths = filter(None, (str(PROJECT / "src"), str(PROJECT), kept.get("PYTHONPATH")))
        return {**kept, "PYTHONPATH": os.pathsep.join(paths), **values}

    def start(self, name: str, *words: str, values: Mapping[str, str], cwd: Path | None = None) -> None:
        """Start a program of Python's. What it says goes into a file."""
        with self._log(name).open("wb") as log:
            self.running[name] = self._opened(words, self.environment(values), log, cwd=cwd)

    def wait_for(self, name: str, is_ready: Callable[[], bool]) -> None:
        """Return when a program answers.

        Raises: Trouble, when it ends before or takes too long.
        """
        until, pause = monotonic() + PATIENCE_SECONDS, Event()
        while not is_ready():
            self.require_all()
            if monotonic() > until:
                raise Trouble(f"The {name} does not answer.", self._last_words(name))
            pause.wait(0.1)

    def require_all(self) -> None:
        """Return when every program still runs.

        Raises: Trouble.
        """
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Trouble(f"The {name} ended with status {process.returncode}.", self._last_words(name))

    def stop(self) -> None:
        """End every program, the last first, and wait until they are gone."""
        for process in reversed(self.running.values()):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.running.values()):
            try:
                process.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _opened(
        self, words: Sequence[str], environment: dict[str, str], log: IO[bytes], *, cwd: Path | None
    ) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the demonstration alone, and that ends the others in order.
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=cwd or self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _log(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.log"

    def _last_words(self, name: str) -> str:
        return "\n".join(self._log(name).read_text("utf-8", "replace").splitlines()[-15:])


def require_free(ports: Sequence[int]) -> None:
    """Return when nothing listens on these ports.

    Raises: Trouble.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HERE, port))
            except OSError as error:
                what = f"Port {port} cannot be used: {error.strerror}."
                raise Trouble(what, "End what listens there, or choose others: --port 9000") from None


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on at this moment."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HERE, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def answers(address: str) -> bool:
    """Tell whether an address answers well."""
    try:
        return httpx2.get(address, timeout=5).is_success
    except httpx2.TransportError:
        return False
