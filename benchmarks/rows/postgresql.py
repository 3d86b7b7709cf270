"""Refresh rotations on PostgreSQL beside what pgbench reaches with a transaction of the same shape."""

from collections.abc import Sequence
from typing import Final

from benchmarks import load
from benchmarks.callers import Refreshing
from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.limits.pgbench import Sessions, rotations_a_second
from benchmarks.load import CALLERS
from benchmarks.machine import ALONE
from benchmarks.postgres import PostgresServer, postgres_server
from benchmarks.report import Row, Spread
from benchmarks.rows.refreshes import beside
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 1000
_OURS: Final = range(0, _ACCOUNTS // 2, _ACCOUNTS // 2 // CALLERS)[:CALLERS]


def _measure(run: Run) -> Sequence[Row]:
    with postgres_server(run.folder / "postgresql-data") as postgres:
        return _beside(run, postgres)


def _beside(run: Run, postgres: PostgresServer) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "postgresql", server_url=postgres.url), _ACCOUNTS)
    theirs = Sessions(postgres.url, _ACCOUNTS // 2, _ACCOUNTS - 1)
    limits: list[float] = []
    loads: list[load.Load] = []
    with filled.deployment.served(cores=ALONE) as server:
        callers = [Refreshing(server.port, filled.refresh_tokens(number)) for number in _OURS]
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: pgbench, then rotations")
            rate = rotations_a_second(postgres.pgbench, theirs, run.folder, callers=CALLERS, seconds=run.seconds)
            limits.append(rate)
            loads.append(load.run(load.waiting(server, callers, run.seconds)))
    return _rows(limits, loads)


def _rows(limits: Sequence[float], loads: Sequence[load.Load]) -> Sequence[Row]:
    what = "refresh rotations ÷ pgbench with the same transaction"
    return [
        beside(
            "postgresql",
            what,
            loads,
            limits,
            on="PostgreSQL, synchronous commit, ours shared by those who wait, pgbench's one each",
        ),
        Row(
            "postgresql",
            "processor time of a refresh, without the database's own",
            Spread.of([one.cpu_microseconds for one in loads]),
            "µs",
        ),
    ]


BENCH: Final = Bench("postgresql", "Refresh rotations on PostgreSQL", _measure)
