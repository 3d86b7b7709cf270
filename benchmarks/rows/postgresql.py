"""Refresh rotations on PostgreSQL beside what pgbench reaches with a transaction of the same shape."""

from collections.abc import Sequence
from operator import truediv
from typing import Final

from benchmarks import load
from benchmarks.callers import Refreshing
from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.limits.pgbench import Sessions, rotations_a_second
from benchmarks.load import CALLERS
from benchmarks.machine import ALONE
from benchmarks.postgres import PostgresServer, postgres_server
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 1000
_OURS: Final = range(0, _ACCOUNTS // 2, _ACCOUNTS // 2 // CALLERS)[:CALLERS]
_P99: Final = 0.99


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
    rates = [one.rate for one in loads]
    tails = Spread.of([one.percentile(_P99) for one in loads])
    return [
        Row(
            "postgresql",
            "refresh rotations ÷ pgbench with the same transaction",
            Spread.of_each(rates, limits, truediv),
            goal=at_least(0.5),
            limit=f"{Spread.of(limits)} /s",
            ours=f"{Spread.of(rates)} /s",
            note=f"PostgreSQL, synchronous commit; {CALLERS} callers, server on one core; p99 {tails} ms",
        ),
        Row(
            "postgresql",
            "processor time of a refresh, without the database's own",
            Spread.of([one.cpu_microseconds for one in loads]),
            "µs",
        ),
    ]


BENCH: Final = Bench("postgresql", "Refresh rotations on PostgreSQL", _measure)
