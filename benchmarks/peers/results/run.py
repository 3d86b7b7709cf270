"""A run as it is kept: every round of every figure, so that tables can be made of it later, and of several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import truediv
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from benchmarks.report import Spread


@dataclass(frozen=True, slots=True)
class Figure:
    """What one round gave: turns a second, the server's processor time a turn, and how long single requests took."""

    rate: float
    cpu_microseconds: float
    p50_milliseconds: float
    p99_milliseconds: float


@dataclass(frozen=True, slots=True)
class Line:
    """One peer at one operation. The reference server was measured in the same rounds, just before."""

    operation: str
    hash: str | None
    peer: str
    figures: tuple[Figure, ...]
    reference: tuple[Figure, ...]

    @property
    def cost(self) -> Spread:
        """How many times the processor time of the reference a turn takes."""
        return self._beside(lambda figure: figure.cpu_microseconds)

    @property
    def speed(self) -> Spread:
        """What share of the reference's rate is reached."""
        return self._beside(lambda figure: figure.rate)

    @property
    def cpu_microseconds(self) -> Spread:
        """The processor time a turn takes."""
        return Spread.of([figure.cpu_microseconds for figure in self.figures])

    @property
    def rate(self) -> Spread:
        """Turns a second."""
        return Spread.of([figure.rate for figure in self.figures])

    @property
    def p99_milliseconds(self) -> Spread:
        """How long all but a hundredth of the requests took at most."""
        return Spread.of([figure.p99_milliseconds for figure in self.figures])

    def _beside(self, of: Callable[[Figure], float]) -> Spread:
        return Spread.of_each(list(map(of, self.figures)), list(map(of, self.reference)), truediv)


@dataclass(frozen=True, slots=True)
class Beside:
    """Something else that was measured of a peer, in one unit."""

    measure: str
    peer: str
    values: tuple[float, ...]
    unit: str
    note: str = ""

    @property
    def spread(self) -> Spread:
        """The middle value, and how far apart they were."""
        return Spread.of(self.values)


@dataclass(frozen=True, slots=True)
class Described:
    """A peer as it was measured. `less` is what it does less or more, by operation."""

    name: str
    title: str
    language: str
    store: str
    password_hash: str
    versions: dict[str, str]
    less: dict[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure that there is not, and why."""

    peer: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeptRun:
    """Everything that one run found."""

    at: str
    machine: str
    rounds: int
    seconds: float
    peers: tuple[Described, ...]
    lines: tuple[Line, ...]
    beside: tuple[Beside, ...]
    gaps: tuple[Gap, ...]


_ADAPTER: Final = TypeAdapter(KeptRun)


def write(run: KeptRun, file: Path) -> None:
    """Keep a run."""
    file.write_bytes(_ADAPTER.dump_json(run, indent=1) + b"\n")


def read(file: Path) -> KeptRun:
    """Return a run that was kept."""
    return _ADAPTER.validate_json(file.read_bytes())


def together(runs: Sequence[KeptRun]) -> KeptRun:
    """Return several runs as if they had been one: all their rounds, and the newest one's words.

    The runs are of the same peers; a gap counts only where no run has the figure.
    """
    ordered = sorted(runs, key=lambda run: run.at)
    newest = ordered[-1]
    lines: dict[tuple[str, str | None, str], Line] = {}
    beside: dict[tuple[str, str], Beside] = {}
    for run in ordered:
        for line in run.lines:
            key = (line.operation, line.hash, line.peer)
            before = lines.get(key)
            lines[key] = line if before is None else _joined(before, line)
        for one in run.beside:
            had = beside.get((one.measure, one.peer))
            values = one.values if had is None else had.values + one.values
            beside[one.measure, one.peer] = Beside(one.measure, one.peer, values, one.unit, one.note)
    peers = {peer.name: peer for run in ordered for peer in run.peers}
    return KeptRun(
        at=", ".join(run.at for run in ordered),
        machine=newest.machine,
        rounds=sum(run.rounds for run in ordered),
        seconds=newest.seconds,
        peers=tuple(peers.values()),
        lines=tuple(lines.values()),
        beside=tuple(beside.values()),
        gaps=newest.gaps,
    )


def _joined(before: Line, line: Line) -> Line:
    return Line(line.operation, line.hash, line.peer, before.figures + line.figures, before.reference + line.reference)
