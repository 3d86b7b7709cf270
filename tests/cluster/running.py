"""Nine servers as they are typed: one process that is spoken to over its lines, and everything below it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final

from tests.architecture.tree import PROJECT
from tests.processes import PATIENCE, wait_until

WORDS: Final = (sys.executable, "-m", "examples.nine_servers", "--port", "0", "--json")


@dataclass
class Running:
    """A supervisor that has started everything, and what it says meanwhile."""

    process: subprocess.Popen[str]
    told: dict[str, Any]
    said: list[str] = field(default_factory=list)

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """The parts, each with its address and its process."""
        found: dict[str, dict[str, Any]] = self.told["parts"]
        return found

    def kill(self, name: str) -> None:
        """Kill a part, with whatever is below it, and wait until the supervisor says so."""
        os.killpg(self.parts[name]["process"], signal.SIGKILL)
        wait_until(lambda: self.has_said(f"✗ The {name} was ended by SIGKILL; the others go on."))

    def start_again(self, name: str) -> None:
        """Type the name of a part, and wait until it runs again."""
        assert self.process.stdin is not None
        self.said.clear()
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        wait_until(lambda: self.has_said(f"✓ {name} runs again"))

    def has_said(self, words: str) -> bool:
        """Tell whether the supervisor has said something since it was last spoken to."""
        return any(words in line for line in self.said)

    def below(self) -> list[int]:
        """Return every process of it, the supervisor's own not among them."""
        return list(_below(self.process.pid))


@contextmanager
def nine_servers(folder: Path) -> Iterator[Running]:
    """Run nine servers until the block ends, and then Ctrl-C; nothing of them may be left."""
    command = ["env", f"TMPDIR={folder}", *WORDS]
    process = subprocess.Popen(
        command, cwd=PROJECT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said: list[str] = []
    listening = Thread(target=_listen, args=(process.stderr, said), daemon=True)
    listening.start()
    started: list[int] = []
    try:
        running = Running(process, _document(process, said), said)
        yield running
        started = running.below()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        listening.join(PATIENCE)
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            pipe.close()
    assert process.returncode == 0, said
    assert [each for each in started if is_alive(each)] == []
    assert list(folder.iterdir()) == []


def is_alive(process_id: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _document(process: subprocess.Popen[str], said: list[str]) -> dict[str, Any]:
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if line == "}\n":
            found: dict[str, Any] = json.loads("".join(lines))
            return found
    raise AssertionError("\n".join(said))


def _listen(pipe: IO[str], said: list[str]) -> None:
    said.extend(line.rstrip() for line in pipe)


def _below(process_id: int) -> Iterator[int]:
    for told in Path(f"/proc/{process_id}/task").glob("*/children"):
        for each in map(int, told.read_text().split()):
            yield each
            yield from _below(each)
