"""Where a scenario is played: on a twin in this process, or on `doorward serve` over SQLite in a process of its own."""

import signal
import sys
from abc import abstractmethod
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import httpx2

from doorward.testing.twin import Twin
from tests.processes import serving, wait_until

PASSWORD: Final = "the door opens inwards"
_WITH_A_CLOCK_THAT_JUMPS: Final = """
import datetime, pathlib, signal, sys, time_machine
from doorward.__main__ import main

jump = pathlib.Path(sys.argv.pop(1))
with time_machine.travel(datetime.datetime.now(datetime.UTC)) as traveller:
    def leap(*_):
        traveller.shift(float(jump.read_text()))
        jump.unlink()
    signal.signal(signal.SIGUSR1, leap)
    main()
"""
"""The command line in a process whose clock jumps, at a signal, by what a file says."""


class Ground(Protocol):
    """A server with a clock that can be moved and a mailbox that can be read."""

    @abstractmethod
    def client(self) -> httpx2.Client:
        """Return a client that keeps cookies, and sends nothing else by itself."""

    @abstractmethod
    def move(self, duration: timedelta) -> None:
        """Let time pass."""

    @abstractmethod
    def newest_mail(self, to: str) -> tuple[str, str]:
        """Return subject and token of the newest mail to an address."""


class OnTwin(Ground):
    """The twin."""

    def __init__(self) -> None:
        self.twin = Twin({"issuer": "http://localhost:8000"})

    def client(self) -> httpx2.Client:
        return self.twin.anonymous()

    def move(self, duration: timedelta) -> None:
        self.twin.clock.advance(duration)

    def newest_mail(self, to: str) -> tuple[str, str]:
        mail = self.twin.mailbox.newest(to=to)
        return mail.subject, mail.token or ""

    def close(self) -> None:
        self.twin.close()


class OnServer(Ground):
    """A server over SQLite, whose clock jumps."""

    def __init__(self, folder: Path) -> None:
        self._jump = folder / "seconds"
        self._open = ExitStack()
        command = (sys.executable, "-c", _WITH_A_CLOCK_THAT_JUMPS, str(self._jump))
        self._server = self._open.enter_context(serving(folder / "data", command=command))

    def client(self) -> httpx2.Client:
        return self._open.enter_context(httpx2.Client(base_url=self._server.url, timeout=30))

    def move(self, duration: timedelta) -> None:
        self._jump.write_text(str(duration.total_seconds()))
        self._server.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: not self._jump.exists())

    def newest_mail(self, to: str) -> tuple[str, str]:
        found: list[dict[str, str | None]] = []

        def has_come() -> bool:
            found[:] = self._server.get(f"/dev/mail.json?to={to}").json()
            return bool(found)

        wait_until(has_come)
        return found[0]["subject"] or "", found[0]["token"] or ""

    def close(self) -> None:
        self._open.close()
