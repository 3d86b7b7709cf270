"""Password logins beside what Argon2id allows on this machine."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from operator import truediv
from typing import Final

from benchmarks import load
from benchmarks.callers import SigningIn
from benchmarks.deployment import Deployment
from benchmarks.filling import ESTABLISHED, fill, login_of
from benchmarks.limits.hashing import hashes_a_second
from benchmarks.load import CALLERS
from benchmarks.machine import wait_until_idle
from benchmarks.processes import Server
from benchmarks.report import Goal, Row, Spread, at_least
from benchmarks.run import Bench, Run

_ACCOUNTS: Final = 2000


@dataclass(slots=True)
class _Kind:
    """A kind of accounts, told apart by whether a sign-in on a new device is news to their owner."""

    name: str
    note: str
    age: timedelta
    goal: Goal | None = None
    loads: list[load.Load] = field(default_factory=list)


def _measure(run: Run) -> Sequence[Row]:
    kinds = (
        _Kind("plain", "no letter is due", timedelta(0), at_least(0.85)),
        _Kind("told", "each tells its owner by mail, which the same process sets and delivers", ESTABLISHED),
    )
    limits: list[float] = []
    with ExitStack() as stack:
        served = [(kind, _callers(run, kind, stack)) for kind in kinds]
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: bare hashes, then logins")
            limits.append(hashes_a_second(run.seconds))
            for kind, (server, callers) in served:
                kind.loads.append(load.run(load.waiting(server, callers, run.seconds)))
                wait_until_idle(server.pid)
    return [_row(kind, limits) for kind in kinds]


def _callers(run: Run, kind: _Kind, stack: ExitStack) -> tuple[Server, Sequence[SigningIn]]:
    filled = fill(Deployment.new(run.folder / f"logins-{kind.name}"), _ACCOUNTS, age=kind.age)
    server = stack.enter_context(filled.deployment.served())
    numbers = count()
    return server, [SigningIn(server.port, _logins(numbers)) for _ in range(CALLERS)]


def _logins(numbers: Iterator[int]) -> Iterator[str]:
    return (login_of(number % _ACCOUNTS) for number in numbers)


def _row(kind: _Kind, limits: Sequence[float]) -> Row:
    rates = [one.rate for one in kind.loads]
    return Row(
        "logins",
        "password logins ÷ Argon2id hashes",
        Spread.of_each(rates, limits, truediv),
        goal=kind.goal,
        limit=f"{Spread.of(limits)} /s",
        ours=f"{Spread.of(rates)} /s",
        note=f"{CALLERS} callers, another account and a new device each time; {kind.note}; 19 MiB, 2 passes, all cores",
    )


BENCH: Final = Bench("logins", "Password logins", _measure)
