"""How many jobs a worker does in a second, on each database."""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

from benchmarks.deployment import Deployment
from benchmarks.postgres import postgres_server
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, Run
from doorward.assembly.house import House, open_house
from doorward.core.login.explain_refusal import EXPLAIN_REFUSAL, Reason

_JOBS: Final = 20_000
_JOBS_QUICK: Final = 5_000
_AT_ONCE: Final = 500
_NOTE: Final = "explanations of sign-ins that nobody is told of: leased, opened and finished; durable; one thread"


def _measure(run: Run) -> Sequence[Row]:
    with postgres_server(run.folder / "outbox-data") as postgres:
        on_postgresql = _rates(run, Deployment.new(run.folder / "outbox-pg", server_url=postgres.url))
    on_sqlite = _rates(run, Deployment.new(run.folder / "outbox"))
    return [
        Row("outbox", "jobs on SQLite", on_sqlite, "/s", goal=at_least(5_000), note=_NOTE),
        Row("outbox", "jobs on PostgreSQL", on_postgresql, "/s", goal=at_least(2_000), note=_NOTE),
    ]


def _rates(run: Run, deployment: Deployment) -> Spread:
    jobs = _JOBS_QUICK if run.is_quick else _JOBS
    house = open_house(deployment.settings())
    try:
        house.prepare()
        rates = []
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: {jobs:,} jobs")
            _post(house, jobs)
            started = perf_counter()
            ran = house.worker.drain()
            rates.append(ran / (perf_counter() - started))
        return Spread.of(rates)
    finally:
        house.close()


def _post(house: House, count: int) -> None:
    payload = {"reason": Reason.UNKNOWN.value}
    for _ in range(0, count, _AT_ONCE):
        with house.store.work() as work:
            for _job in range(_AT_ONCE):
                house.tools.post.job(work.outbox, EXPLAIN_REFUSAL, payload, now=house.clock.now())


BENCH: Final = Bench("outbox", "Jobs of the outbox", _measure)
