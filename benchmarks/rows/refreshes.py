"""Refresh rotations beside what bare `sqlite3` commits on the same disk."""

from collections.abc import Sequence
from operator import truediv
from typing import Final

from benchmarks import load
from benchmarks.callers import Refreshing
from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.limits.commits import Commits, commits_a_second
from benchmarks.load import CALLERS
from benchmarks.machine import ALONE
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 1000
_P99: Final = 0.99


def _measure(run: Run) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "refreshes"), _ACCOUNTS)
    limits: list[Commits] = []
    loads: list[load.Load] = []
    with filled.deployment.served(cores=ALONE) as server:
        spread = range(0, _ACCOUNTS, _ACCOUNTS // CALLERS)[:CALLERS]
        callers = [Refreshing(server.port, filled.refresh_tokens(number)) for number in spread]
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: bare commits, then rotations")
            limits.append(commits_a_second(run.folder, run.seconds))
            loads.append(load.run(load.waiting(server, callers, run.seconds)))
    return _rows(limits, loads)


def _rows(limits: Sequence[Commits], loads: Sequence[load.Load]) -> Sequence[Row]:
    what = "refresh rotations ÷ bare commits of the same shape"
    return [
        beside("refreshes", what, loads, [one.rate for one in limits], on="SQLite, WAL, synchronous=FULL"),
        Row(
            "refreshes",
            "processor time of a refresh",
            Spread.of([one.cpu_microseconds for one in loads]),
            "µs",
            limit=f"{Spread.of([one.cpu_microseconds for one in limits])} µs",
        ),
    ]


def beside(bench: str, what: str, loads: Sequence[load.Load], limits: Sequence[float], *, on: str) -> Row:
    """Return the row of what sixteen callers rotated beside what the database alone could do in the same rounds."""
    rates = [one.rate for one in loads]
    tails = Spread.of([one.percentile(_P99) for one in loads])
    return Row(
        bench,
        what,
        Spread.of_each(rates, limits, truediv),
        goal=at_least(0.5),
        limit=f"{Spread.of(limits)} /s",
        ours=f"{Spread.of(rates)} /s",
        note=f"{on}; {CALLERS} callers, server on one core; p99 {tails} ms",
    )


BENCH: Final = Bench("refreshes", "Refresh rotations", _measure)
