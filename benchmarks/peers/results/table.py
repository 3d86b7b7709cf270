"""A run as tables for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from benchmarks.peers.peer import Operation
from benchmarks.peers.results.run import KeptRun, Line

OURS: Final = "doorward"
_LIKE_OURS: Final = "doorward-"
_PLACES: Final[Mapping[str, int]] = {str(operation): place for place, operation in enumerate(Operation)}
FIGURES: Final = ("operation", "peer", "CPU ÷ reference", "CPU µs", "rate ÷ reference", "a second", "p99 ms")


def heading(line: Line) -> str:
    """Return what a line measures."""
    return line.operation if line.hash is None else f"{line.operation}, {line.hash} hash"


def by_operation(run: KeptRun) -> Iterator[tuple[str, Sequence[Line]]]:
    """Yield each operation with its lines, the cheapest first."""
    for what, lines in groupby(sorted(run.lines, key=_order), key=heading):
        yield what, sorted(lines, key=lambda line: line.cost.median)


@dataclass(frozen=True, slots=True)
class Standing:
    """How Doorward stands to the best of the others: `times` is how many times its processor time that one takes."""

    best: str
    times: float

    @property
    def is_first(self) -> bool:
        """Whether nobody takes less."""
        return self.times >= 1

    def said(self, titles: Mapping[str, str]) -> str:
        """Return it in words."""
        best = titles[self.best]
        if self.is_first:
            return f"Doorward is first: {best} takes {self.times:.1f} times its processor time"
        return f"{best} is first: Doorward takes {1 / self.times:.1f} times its processor time"


def standing(lines: Sequence[Line]) -> Standing | None:
    """Return how Doorward stands at an operation; None where it is alone or missing."""
    ours = next((line for line in lines if line.peer == OURS), None)
    others = [line for line in lines if not is_ours(line.peer)]
    if ours is None or not others:
        return None
    best = min(others, key=lambda line: line.cost.median)
    return Standing(best.peer, best.cost.median / ours.cost.median)


def titles_of(run: KeptRun) -> Mapping[str, str]:
    """Return what peers are called."""
    return {peer.name: peer.title for peer in run.peers}


def is_ours(peer: str) -> bool:
    """Tell whether a peer is Doorward, on whatever store."""
    return peer == OURS or peer.startswith(_LIKE_OURS)


def table(run: KeptRun) -> Group:
    """Return the figures: requests first, then what was measured beside them, then what is missing."""
    return Group(_requests(run), _beside(run), _gaps(run))


def notes(run: KeptRun) -> Group:
    """Return what each peer is, and what it does less or more than others."""
    lines = []
    for peer in run.peers:
        versions = ", ".join(f"{name} {version}" for name, version in peer.versions.items())
        lines.append(Text(f"{peer.title}: {peer.language}; {versions}; {peer.store}; {peer.password_hash}", "bold"))
        lines += [Text(f"  {operation}: {said}") for operation, said in peer.less.items()]
    return Group(*lines)


def _requests(run: KeptRun) -> Table:
    titles = titles_of(run)
    drawn = Table(box=box.SIMPLE_HEAD, caption=_caption(run), caption_justify="left", pad_edge=False)
    for name in FIGURES:
        drawn.add_column(name, overflow="fold")
    for what, lines in by_operation(run):
        found = standing(lines)
        drawn.add_row(f"[bold]{what}[/bold]", f"[dim]{found.said(titles)}[/dim]" if found else "")
        for line in lines:
            drawn.add_row("", titles[line.peer], *figures(line))
    return drawn


def figures(line: Line) -> Sequence[str]:
    """Return the cells of a line: ratios with their spread, and what they were made of."""
    return (
        str(line.cost),
        f"{line.cpu_microseconds.median:,.0f}",
        str(line.speed),
        f"{line.rate.median:,.0f}",
        f"{line.p99_milliseconds.median:.1f}",
    )


def _beside(run: KeptRun) -> Table:
    titles = titles_of(run)
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("measure", "peer", "figure", "unit"):
        drawn.add_column(name, overflow="fold")
    for measure, rows in groupby(sorted(run.beside, key=lambda one: one.measure), key=lambda one: one.measure):
        for number, one in enumerate(sorted(rows, key=lambda one: one.spread.median)):
            drawn.add_row("" if number else measure, titles[one.peer], str(one.spread), one.unit)
    return drawn


def _gaps(run: KeptRun) -> Table:
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="not measured" if run.gaps else None)
    for name in ("peer", "what", "why"):
        drawn.add_column(name, overflow="fold")
    for gap in run.gaps:
        drawn.add_row(gap.peer, gap.what, Text(gap.reason, "red"))
    return drawn


def _caption(run: KeptRun) -> str:
    return (
        f"{run.machine}; {run.at}; {run.rounds} rounds of {run.seconds:g} s. Processor time is of all the server's "
        "processes, a turn (both requests for a code are one turn); the reference is a raw ASGI answer in that round."
    )


def _order(line: Line) -> tuple[int, str]:
    """Sort operations as they are listed, each with the dear hash before the cheap one."""
    return _PLACES[line.operation], line.hash or ""
