"""Running the demonstration as it is typed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from examples.demo.agents import Trouble, free_ports, require_free
from examples.demo.place import Place
from tests.architecture.tree import PROJECT

WORDS: Final = (sys.executable, "-m", "examples.demo")
SHOWN: Final = range(8000, 8004)
"""The ports that the tutorial shows."""


@dataclass(frozen=True)
class Demonstration:
    """One that runs, on four ports in a row."""

    process: subprocess.Popen[str]
    place: Place
    greeting: str

    def here(self, page: str) -> str:
        """Return a page with these ports in place of those that it shows."""
        for shown, port in zip(SHOWN, self.place.ports, strict=True):
            page = page.replace(f":{shown}", f":{port}")
        return page


@contextmanager
def demonstrating(folder: Path) -> Iterator[Demonstration]:
    """Run a demonstration with its folder in another; when Ctrl-C has ended it, nothing of it may be left."""
    ports = four_in_a_row()
    elsewhere = ("env", f"TMPDIR={folder}", "DOORWARD_STORE_URL=postgresql://nobody@127.0.0.1:1/none")
    process = subprocess.Popen(
        [*elsewhere, *WORDS, "--port", f"{ports[0]}"],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Demonstration(process, Place(ports), said(process, "  Ctrl-C"))
        started = children_of(process.pid)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert len(started) == len(ports)
    assert [each for each in started if Path(f"/proc/{each}").exists()] == []
    assert list(folder.iterdir()) == []


def children_of(process_id: int) -> list[int]:
    listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(each) for each in listed.split()]


def said(process: subprocess.Popen[str], last: str) -> str:
    """Return what a process says up to a line that begins so."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith(last):
            return "".join(lines)
    _, err = process.communicate()
    raise AssertionError(err)


def four_in_a_row() -> range:
    while True:
        first = free_ports(1)[0]
        try:
            require_free(range(first, first + 4))
        except Trouble:
            continue
        return range(first, first + 4)
