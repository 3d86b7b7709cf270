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
from tests.architecture.tree import PROJECT

WORDS: Final = (sys.executable, "-m", "examples.demo")
SHOWN: Final = range(8000, 8004)
"""The ports that the tutorial shows."""


@dataclass
class Demonstration:
    """One that runs, on four ports in a row, with its folder in another."""

    process: subprocess.Popen[str]
    ports: range
    greeting: str

    def stop(self) -> int:
        """Press Ctrl-C, and return the status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def here(self, page: str) -> str:
        """Return a page with these ports in place of those that it shows."""
        for shown, port in zip(SHOWN, self.ports, strict=True):
            page = page.replace(f":{shown}", f":{port}")
        return page


@contextmanager
def demonstrating(folder: Path, *words: str, last: str) -> Iterator[Demonstration]:
    """Run a demonstration that has said its last line, and end it if the test did not."""
    ports = four_in_a_row()
    elsewhere = ("env", f"TMPDIR={folder}", "DOORWARD_STORE_URL=postgresql://nobody@127.0.0.1:1/none")
    process = subprocess.Popen(
        [*elsewhere, *WORDS, "--port", f"{ports[0]}", *words],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Demonstration(process, ports, said(process, last))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate()


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
