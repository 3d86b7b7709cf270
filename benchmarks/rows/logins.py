"""Password logins beside what Argon2id allows on this machine."""

from collections.abc import Iterator, Sequence
from itertools import count
from operator import truediv
from typing import Final

from benchmarks import load
from benchmarks.callers import SigningIn
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.limits.hashing import hashes_a_second
from benchmarks.load import CALLERS
from benchmarks.machine import wait_until_idle
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 2000


def _measure(run: Run) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "logins"), _ACCOUNTS)
    numbers = count()
    limits: list[float] = []
    loads: list[load.Load] = []
    with filled.deployment.served() as server:
        callers = [SigningIn(server.port, _logins(numbers)) for _ in range(CALLERS)]
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: bare hashes, then logins")
            wait_until_idle(server.pid)
            limits.append(hashes_a_second(run.seconds))
            loads.append(load.run(load.waiting(server, callers, run.seconds)))
    rates = [one.rate for one in loads]
    return [
        Row(
            "logins",
            "password logins ÷ Argon2id hashes",
            Spread.of_each(rates, limits, truediv),
            goal=at_least(0.85),
            limit=f"{Spread.of(limits)} /s",
            ours=f"{Spread.of(rates)} /s",
            note=f"{CALLERS} callers, a new device and another account each time; 19 MiB, 2 passes, all cores",
        )
    ]


def _logins(numbers: Iterator[int]) -> Iterator[str]:
    return (login_of(number % _ACCOUNTS) for number in numbers)


BENCH: Final = Bench("logins", "Password logins", _measure)
