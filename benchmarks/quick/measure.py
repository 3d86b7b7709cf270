"""Measuring operations in turns with a bare route: short rounds of both, so that a noisy minute hits both alike."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks import cheap_hash, load
from benchmarks.applications import Posting, register
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.limits import bare_route
from benchmarks.load import CALLERS
from benchmarks.machine import ALONE
from benchmarks.operations import Operation, People, guarding, operations
from benchmarks.processes import Server, free_port, serving
from benchmarks.run import Run
from benchmarks.wire import get

_ACCOUNTS: Final = 2_000
_COMMAND: Final = (sys.executable, "-m", "benchmarks.cheap_hash")
_BARE_REQUESTS: Final = 400


@dataclass(slots=True)
class Measured:
    """An operation, and what it took in each round beside the bare route before it, in microseconds a request."""

    operation: Operation
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How many times as much it takes as the bare route: the lower of two estimates.

        One is the middle of the rounds' own ratios, which noise that lasts hits alike on both sides. The other is made
        of the lower quartiles of both, which noise that comes and goes does not reach. What got slower raises both.
        """
        paired = median(one / other for one, other in zip(self.ours, self.bare, strict=True))
        return min(paired, _quiet(self.ours) / _quiet(self.bare))

    @property
    def spread(self) -> float:
        """How far the rounds' ratios are apart: the middle half of them, as a part of the middle one."""
        ratios = sorted(one / other for one, other in zip(self.ours, self.bare, strict=True))
        return (ratios[len(ratios) * 3 // 4] - ratios[len(ratios) // 4]) / median(ratios)

    @property
    def margin(self) -> float:
        """How far off the ratio may be, as a part of it: about two standard errors of the middle of so many rounds."""
        return 2 * self.spread / sqrt(len(self.ours))

    @property
    def microseconds(self) -> float:
        """What it takes in a quiet round."""
        return _quiet(self.ours)


@dataclass(frozen=True, slots=True)
class Turns:
    """Both servers, pinned to one core, and what is asked of them in turns."""

    server: Server
    bare: Server
    measured: Sequence[Measured]

    def go(self, some: Sequence[Measured], *, seconds: float) -> None:
        """Measure some of the operations, round after round, for about so many seconds; one round at the least."""
        ends_at = perf_counter() + seconds
        while True:
            for each in some:
                each.bare.append(self._bare())
                each.ours.append(self._ours(each.operation))
            if perf_counter() >= ends_at:
                return

    def warm_up(self) -> None:
        """Ask everything once, and forget what it took."""
        self._bare()
        for each in self.measured:
            self._ours(each.operation)

    def _bare(self) -> float:
        wanted = Posting(get(bare_route.PATH, self.bare.port))
        return load.run(load.counted(self.bare, [wanted] * CALLERS, _BARE_REQUESTS))

    def _ours(self, operation: Operation) -> float:
        return load.run(load.counted(self.server, operation.callers, operation.requests))


@contextmanager
def turns(run: Run) -> Iterator[Turns]:
    """Fill a store, start both servers, and end them with the block."""
    deployment = Deployment.new(run.folder / "quick", also=guarding)
    # Young accounts get no letters, which only the first sign-in of a day sends.
    filled = fill(deployment, _ACCOUNTS, age=timedelta(0), hash_as=cheap_hash.HASHER.hash)
    made, people = register(deployment), People(_ACCOUNTS, login_of, filled.refresh_tokens)
    port, log = free_port(), run.folder / "bare.log"
    command = [sys.executable, "-m", "benchmarks.limits.bare_route", str(port)]
    bare = serving(command, port, ready=bare_route.PATH, environment={}, cores=ALONE, log=log)
    with deployment.served(cores=ALONE, command=_COMMAND) as server, bare as bare_server:
        found = load.run(operations(server, people, made))
        yield Turns(server, bare_server, [Measured(operation) for operation in found])


def _quiet(rounds: Sequence[float]) -> float:
    """Return the lower quartile of rounds."""
    return sorted(rounds)[len(rounds) // 4]
