"""What a flood of wrong logins does to everybody else."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from benchmarks import load
from benchmarks.callers import LOGIN, Refreshing
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.load import Load
from benchmarks.machine import resident_mib
from benchmarks.processes import Server
from benchmarks.report import Row, Spread, at_least, at_most, below
from benchmarks.run import Bench, Run
from benchmarks.wire import post

_ACCOUNTS: Final = 2000
_FLOOD_RATE: Final = 600.0
_REFRESH_RATE: Final = 200.0
_SESSIONS: Final = 100
_WRONG: Final = "wrong horse battery staple"
_P99: Final = 0.99


def _measure(run: Run) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "flood"), _ACCOUNTS)
    alone: list[Load] = []
    beside: list[Load] = []
    floods: list[Load] = []
    with filled.deployment.served() as server:
        refreshing = [Refreshing(server.port, filled.refresh_tokens(number)) for number in range(_SESSIONS)]
        wrong = _wrong_logins(server.port)
        alone.append(load.run(load.steady(server, refreshing, run.seconds, rate=_REFRESH_RATE)))
        before = resident_mib(server.pid)
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: refreshes alone, then beside the flood")
            alone.append(load.run(load.steady(server, refreshing, run.seconds, rate=_REFRESH_RATE)))
            one, flood = load.run(_both(server, refreshing, wrong, seconds=2 * run.seconds))
            beside.append(one)
            floods.append(flood)
        after = resident_mib(server.pid)
    return _rows(alone, beside, floods, growth=after - before)


async def _both(
    server: Server, refreshing: Sequence[Refreshing], wrong: Callable[[], bytes], *, seconds: float
) -> tuple[Load, Load]:
    refreshes = load.steady(server, refreshing, seconds, rate=_REFRESH_RATE)
    flood = load.flood(server, wrong, seconds, rate=_FLOOD_RATE)
    return await asyncio.gather(refreshes, flood)


def _wrong_logins(port: int) -> Callable[[], bytes]:
    """Return what makes the flood: every other login names an account that there is not."""
    numbers = count()

    def request() -> bytes:
        number = next(numbers)
        login = login_of(number % _ACCOUNTS) if number % 2 else f"nobody-{number}"
        return post(LOGIN, port, {"username": login, "password": _WRONG})

    return request


def _rows(alone: Sequence[Load], beside: Sequence[Load], floods: Sequence[Load], *, growth: float) -> Sequence[Row]:
    answers = sum((flood.statuses for flood in floods), start=floods[0].statuses.__class__())
    shares = ", ".join(f"{status}: {number / answers.total():.0%}" for status, number in sorted(answers.items()))
    latencies = Spread.of([one.percentile(_P99) for one in beside])
    alone_latencies = Spread.of([one.percentile(_P99) for one in alone])
    return [
        Row(
            "flood",
            "wrong logins answered",
            Spread.of([flood.rate for flood in floods]),
            "/s",
            goal=at_least(500),
            note=f"half of them to accounts that there are; answered with {shares}",
        ),
        Row(
            "flood",
            "refresh p99 beside that flood",
            latencies,
            "ms",
            goal=below(100),
            limit=f"alone {alone_latencies} ms",
            note=f"{_REFRESH_RATE:.0f} refreshes a second, counted from when each was due",
        ),
        Row("flood", "growth of memory by the flood", Spread.of([growth]), "MiB", goal=at_most(64)),
    ]


BENCH: Final = Bench("flood", "A flood of wrong logins", _measure)
