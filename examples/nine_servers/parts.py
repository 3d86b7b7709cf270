"""Parts that run side by side: started, asked whether they are ready, watched, and ended in order."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

from examples.demo.agents import Trouble

PATIENCE_SECONDS: Final = 120.0
_ENDS_WITHIN_SECONDS: Final = 15.0
_LAST_LINES: Final = 8
_TELL_ME_OF_MY_PARENTS_DEATH: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Part:
    """A program: how it is started, how it is asked whether it is ready, and what ends it without loss.

    `user` runs it where the supervisor is root and the program refuses to be.
    """

    name: str
    what: str
    address: str
    words: tuple[str, ...]
    is_ready: Callable[[], bool]
    values: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    ends_by: signal.Signals = signal.SIGTERM


@dataclass
class Parts:
    """What was started, in order, and the folder in which each has a log."""

    folder: Path
    environment: Mapping[str, str]
    known: dict[str, Part] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: Part) -> None:
        """Start a part. It ends when this process does, even if this one is killed."""
        self.known[part.name] = part
        with self.log_of(part.name).open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, and that ends the others in order.
            self.running[part.name] = subprocess.Popen(
                part.words,
                cwd=self.folder,
                env={**self.environment, **part.values},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=part.user,
                group=part.user,
                extra_groups=[] if part.user else None,
                preexec_fn=_tied(part.ends_by),  # noqa: PLW1509 (no other thread runs here)
            )

    def wait_for(self, name: str) -> None:
        """Return when a part says that it is ready.

        Raises: Trouble, when it ends before or takes too long.
        """
        until, pause = monotonic() + PATIENCE_SECONDS, Event()
        while not self.known[name].is_ready():
            if self.running[name].poll() is not None:
                raise Trouble(f"The {name} ended with status {self.running[name].returncode}.", self.last_words(name))
            if monotonic() > until:
                raise Trouble(f"The {name} does not answer.", self.last_words(name))
            pause.wait(0.05)

    def ended(self) -> Iterator[tuple[str, int]]:
        """Yield each part that has ended since the last time, and its status; nothing starts it again by itself."""
        for name, process in list(self.running.items()):
            status = process.poll()
            if status is not None:
                _end_group(process.pid)
                del self.running[name]
                yield name, status

    def stop(self) -> None:
        """End every part, the last first, each before the next is told: what others stand on ends after them."""
        for name, process in reversed(list(self.running.items())):
            with suppress(ProcessLookupError):
                process.send_signal(self.known[name].ends_by)
            try:
                process.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _end_group(process.pid)
        self.running.clear()

    def log_of(self, name: str) -> Path:
        """Return the file that a part writes into."""
        return self.folder / "logs" / f"{name.replace(' ', '-')}.log"

    def last_words(self, name: str) -> str:
        """Return the last lines that a part wrote."""
        return "\n".join(self.log_of(name).read_text("utf-8", "replace").splitlines()[-_LAST_LINES:])


def _tied(number: int) -> Callable[[], None] | None:
    """Return what makes a new process get a signal when this one dies, or None where the system has no such thing."""
    control = getattr(_LIBC, "prctl", None)
    if control is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        control(_TELL_ME_OF_MY_PARENTS_DEATH, number)
        if os.getppid() != parent:  # it died before
            os._exit(1)

    return tie


def _end_group(leader: int) -> None:
    """End what a program that has ended left behind: workers of one that was killed would go on by themselves."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
