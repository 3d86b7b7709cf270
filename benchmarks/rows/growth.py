"""What everything costs when there are a thousand times as many people, each signed in five times; what they take."""

import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from operator import truediv
from typing import Final

from benchmarks import load
from benchmarks.applications import Applications, register
from benchmarks.deployment import Deployment
from benchmarks.machine import ALONE, resident_mib, wait_until_idle
from benchmarks.operations import Operation, guarding, operations
from benchmarks.peopling import Peopled, people
from benchmarks.processes import Server
from benchmarks.report import Row, Spread, below
from benchmarks.run import Bench, Run

_SIZES: Final = (1_000, 100_000, 1_000_000)
_SIZES_QUICK: Final = (1_000, 100_000)
_SESSIONS_OF_EACH: Final = 5
_MOST: Final = 1.2
_OF_A_SECOND: Final = 5  # times as many requests as are measured at one time elsewhere take about one
_COMMAND: Final = (sys.executable, "-m", "benchmarks.cheap_hash")
_MICROSECONDS: Final = 1e6
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("dw_accounts", "dw_passwords", "dw_attempts"),
    "device": ("dw_devices",),
    "session": ("dw_sessions",),
}
"""What is kept of one of each, with all indexes."""


@dataclass(slots=True)
class _Size:
    """A store of one size, its server, and what each operation took there in each round, by its name."""

    peopled: Peopled
    made: Applications
    bytes_of_each: Mapping[str, float]
    operations: Sequence[Operation] = ()
    server: Server | None = None
    took: dict[str, list[float]] = field(default_factory=dict)

    def serve(self, until_the_end: ExitStack) -> None:
        """Start the server, and ask everything once."""
        self.server = until_the_end.enter_context(self.peopled.deployment.served(cores=ALONE, command=_COMMAND))
        self.operations = load.run(operations(self.server, self.peopled.people, self.made))
        for each in self.operations:
            load.run(load.counted(self.server, each.callers, each.requests))

    def turn(self, place: int, seconds: float) -> None:
        """Measure one operation, for about so many seconds."""
        each = self.operations[place]
        if self.server is not None:
            wait_until_idle(self.server.pid)
            requests = round(each.requests * _OF_A_SECOND * max(seconds, 1.0))
            took = load.run(load.counted(self.server, each.callers, requests))
            self.took.setdefault(each.name, []).append(took)


def _measure(run: Run) -> Sequence[Row]:
    sizes = [_filled(run, accounts) for accounts in (_SIZES_QUICK if run.is_quick else _SIZES)]
    with ExitStack() as until_the_end:
        for size in sizes:
            run.say(f"starting a server among {size.peopled.people.accounts:,} accounts")
            size.serve(until_the_end)
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: each operation among so many in turns")
            for place in range(len(sizes[0].operations)):
                for size in sizes:
                    size.turn(place, run.seconds)
        memory = [resident_mib(size.server.pid) for size in sizes if size.server is not None]
    return [*_costs(sizes), *_kept(sizes[-1]), _loading(sizes[-1]), _memory(sizes, memory)]


def _filled(run: Run, accounts: int) -> _Size:
    sessions = accounts * _SESSIONS_OF_EACH
    run.say(f"filling a store with {accounts:,} accounts and {sessions:,} sessions")
    deployment = Deployment.new(run.folder / f"growth-{accounts}", also=guarding)
    peopled = people(run, deployment, accounts=accounts, sessions=sessions)
    counts = {"account": accounts, "device": sessions, "session": sessions}
    return _Size(peopled, register(deployment), dict(_bytes_of_each(deployment, counts)))


def _bytes_of_each(deployment: Deployment, counts: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Yield what one of each takes on the disk, page by page as SQLite itself counts it."""
    with closing(sqlite3.connect(deployment.store)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        for name, tables in _TABLES.items():
            marks = ", ".join("?" * len(tables))
            asked = (
                "select sum(pgsize) from dbstat where aggregate = true and name in"  # noqa: S608 (marks)
                f" (select name from sqlite_schema where tbl_name in ({marks}))"
            )
            (total,) = connection.execute(asked, tables).fetchone()
            yield name, total / counts[name]


def _costs(sizes: Sequence[_Size]) -> Iterator[Row]:
    few, many = sizes[0], sizes[-1]
    counts = [size.peopled.people.accounts for size in sizes]
    for name in few.took:
        between = "".join(f"; {count:,}: {Spread.of(size.took[name])} µs" for count, size in _between(counts, sizes))
        yield Row(
            "growth",
            f"processor time of {name}: {counts[-1]:,} accounts ÷ {counts[0]:,}",
            Spread.of_each(many.took[name], few.took[name], truediv),
            goal=below(_MOST),
            limit=f"{Spread.of(few.took[name])} µs",
            ours=f"{Spread.of(many.took[name])} µs",
            note=f"{_SESSIONS_OF_EACH} sessions of each account, people all over the store{between}",
        )


def _between(counts: Sequence[int], sizes: Sequence[_Size]) -> Iterator[tuple[int, _Size]]:
    yield from zip(counts[1:-1], sizes[1:-1], strict=True)


def _kept(size: _Size) -> Iterator[Row]:
    for name, count in size.bytes_of_each.items():
        note = f"with all indexes, among {size.peopled.people.accounts:,} accounts, SQLite"
        yield Row("growth", f"what {_with_article(name)} takes on the disk", Spread.of([count]), "bytes", note=note)


def _with_article(name: str) -> str:
    return f"an {name}" if name == "account" else f"a {name}"


def _loading(size: _Size) -> Row:
    loaded = size.peopled
    took = f"{loaded.records:,} records in {loaded.seconds / 60:.1f} min"
    return Row(
        "growth",
        "records that demo data takes a second to make and to write durably",
        Spread.of([loaded.records / loaded.seconds]),
        "/s",
        ours=took,
        note=f"{loaded.cpu_seconds * _MICROSECONDS / loaded.records:.0f} µs of processor time each",
    )


def _memory(sizes: Sequence[_Size], memory: Sequence[float]) -> Row:
    few, many = (size.peopled.people.accounts for size in (sizes[0], sizes[-1]))
    return Row(
        "growth",
        f"memory of a server after all of that: {many:,} accounts ÷ {few:,}",
        Spread.of([memory[-1] / memory[0]]),
        limit=f"{memory[0]:.0f} MiB",
        ours=f"{memory[-1]:.0f} MiB",
    )


BENCH: Final = Bench("growth", "Growth", _measure)
