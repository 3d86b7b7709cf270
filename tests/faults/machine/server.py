"""`doorward serve` as a process that may die at any moment, and come back on the same store and port."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import httpx2

from doorward.assembly.house import open_house
from doorward.settings.load import load
from doorward.worker.run import Worker
from tests.faults.kills.scenes import SkewedClock
from tests.processes import PATIENCE, free_port

SERVE: Final = (sys.executable, "-m", "doorward", "serve")
_WIDE_LIMITS: Final = "1000000"
_HALF_A_DAY: Final = timedelta(hours=12)


@dataclass
class Deployment:
    """A data folder, a port, and the settings of a server; `log` is where all its processes write."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def greeting(self) -> Path:
        """Where a start is told of, with the link for the first operator: no log."""
        return self.folder / "greeting"

    @property
    def settings(self) -> dict[str, object]:
        """The settings, as a process that opens the same store needs them."""
        chosen = {name.removeprefix("DOORWARD_").lower(): value for name, value in self.variables.items()}
        return {"data_dir": self.data_dir, "port": self.port} | chosen

    def start(self, *prefix: str, variables: Mapping[str, str] | None = None) -> "Running":
        """Start a server, under another program if there is a `prefix`, and return when it is ready."""
        given = {"DOORWARD_LIMITS_SCALE": _WIDE_LIMITS, **self.variables, **(variables or {})}
        options = ("--port", str(self.port), "--data-dir", str(self.data_dir), "--json")
        assignments = [f"{name}={value}" for name, value in given.items()]
        with self.log.open("ab") as log, self.greeting.open("ab") as greeting:
            process = subprocess.Popen(
                [*prefix, "env", *assignments, *SERVE, *options],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=greeting,
                stderr=log,
                start_new_session=True,
            )
        running = Running(process, self)
        running.wait_until_ready()
        return running

    @contextmanager
    def running(self, *prefix: str, **variables: str) -> Iterator["Running"]:
        """Run a server while the block runs."""
        server = self.start(*prefix, variables=variables)
        try:
            yield server
        finally:
            server.stop()

    def drain(self) -> int:
        """Run every job that waits, also those whose worker died, and return how many ran."""
        house, clock = open_house(load(self.settings, env_file=self.folder / "no-such.env")), SkewedClock()
        worker = Worker(house.store.work, house.flows, house.tools.post, clock, _untold)
        ran = 0
        try:
            for _ in range(4):
                ran += worker.drain()
                clock.skip(_HALF_A_DAY)
        finally:
            house.close()
        return ran


def _untold(event: str, /, **values: object) -> None:
    """Tell nobody."""


@dataclass
class Running:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    deployment: Deployment

    def kill(self) -> None:
        """End it and all its children at once, without a word to them."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        """Ask it to end, and return when it has."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_until_ready(self, patience: float = PATIENCE) -> float:
        """Return how many seconds it took until it said that it is ready."""
        began = monotonic()
        while self.status("/readyz") != httpx2.codes.OK:
            if self.process.poll() is not None or monotonic() - began > patience:
                raise AssertionError(self.deployment.log.read_text(encoding="utf-8", errors="replace")[-4000:])
            Event().wait(0.05)
        return monotonic() - began

    def status(self, path: str, timeout: float = PATIENCE) -> int:
        """Return the status of a GET; 0 when there is no answer."""
        try:
            return httpx2.get(f"{self.deployment.url}{path}", timeout=timeout).status_code
        except httpx2.TransportError:
            return 0
