"""What a login and a refresh cost when there are a thousand times as many accounts."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from operator import truediv
from typing import Final

from benchmarks import cheap_hash, load
from benchmarks.callers import SigningIn, member, refresh_request
from benchmarks.deployment import Deployment
from benchmarks.filling import Filled, fill, login_of
from benchmarks.load import CALLERS, Caller, Load
from benchmarks.machine import ALONE, wait_until_idle
from benchmarks.processes import Server
from benchmarks.report import Row, Spread, below
from benchmarks.run import Bench, Run
from benchmarks.wire import Answer

_FEW: Final = 1_000
_MANY: Final = 1_000_000
_MANY_QUICK: Final = 100_000
_STRIDE: Final = 7_368_787
_COMMAND: Final = (sys.executable, "-m", "benchmarks.cheap_hash")


@dataclass(slots=True)
class _Roaming:
    """Refreshes one session after another, all over the store, and keeps each one's token for when it comes again."""

    port: int
    tokens: Callable[[int], str]
    numbers: Iterator[int]
    _kept: dict[int, str] = field(default_factory=dict)
    _at: int = 0

    def request(self) -> bytes:
        self._at = next(self.numbers)
        return refresh_request(self.port, self._kept.get(self._at) or self.tokens(self._at))

    def take(self, answer: Answer) -> None:
        self._kept[self._at] = member(answer, "refresh_token")


@dataclass(slots=True)
class _Side:
    """A deployment of one size. Its callers visit all of its accounts, in an order that has nothing to do with theirs.

    No two callers ever meet at one account.
    """

    filled: Filled
    server: Server
    signing_in: Sequence[Caller] = field(init=False)
    refreshing: Sequence[Caller] = field(init=False)
    logins: list[Load] = field(default_factory=list)
    refreshes: list[Load] = field(default_factory=list)

    def __post_init__(self) -> None:
        port = self.server.port
        self.signing_in = [SigningIn(port, map(login_of, self._numbers(first))) for first in range(CALLERS)]
        tokens = self.filled.refresh_tokens
        self.refreshing = [_Roaming(port, tokens, self._numbers(first)) for first in range(CALLERS)]

    def turn(self, seconds: float) -> None:
        """Measure logins, then refreshes."""
        self.logins.append(self._load(self.signing_in, seconds))
        self.refreshes.append(self._load(self.refreshing, seconds))

    def _load(self, callers: Sequence[Caller], seconds: float) -> Load:
        wait_until_idle(self.server.pid)
        return load.run(load.waiting(self.server, callers, seconds))

    def _numbers(self, first: int) -> Iterator[int]:
        share = self.filled.accounts // CALLERS
        for step in count(1):
            yield step * _STRIDE % share * CALLERS + first


def _measure(run: Run) -> Sequence[Row]:
    many = _MANY_QUICK if run.is_quick else _MANY
    few_filled = _filled(run, "few", _FEW)
    run.say(f"filling another store with {many:,} accounts")
    many_filled = _filled(run, "many", many)
    with few_filled.deployment.served(cores=ALONE, command=_COMMAND) as few_server:  # noqa: SIM117 (a line is too short)
        with many_filled.deployment.served(cores=ALONE, command=_COMMAND) as many_server:
            sides = _Side(few_filled, few_server), _Side(many_filled, many_server)
            for turn in range(run.rounds):
                run.say(f"round {turn + 1} of {run.rounds}: logins and refreshes in both stores")
                for side in sides:
                    side.turn(run.seconds)
    few_side, many_side = sides
    return [
        _row("a login, its hash replaced by a cheap one", few_side.logins, many_side.logins, many),
        _row("a refresh", few_side.refreshes, many_side.refreshes, many),
    ]


def _filled(run: Run, name: str, accounts: int) -> Filled:
    # Young accounts get no letters, which only the first sign-in of a day sends: the few would soon have had theirs.
    return fill(Deployment.new(run.folder / name), accounts, age=timedelta(0), hash_as=cheap_hash.HASHER.hash)


def _row(what: str, few: Sequence[Load], many: Sequence[Load], accounts: int) -> Row:
    costs_few, costs_many = ([one.cpu_microseconds for one in loads] for loads in (few, many))
    rates = f"{Spread.of([one.rate for one in few])} /s, then {Spread.of([one.rate for one in many])} /s"
    return Row(
        "growth",
        f"processor time of {what}: {accounts:,} accounts ÷ {_FEW:,}",
        Spread.of_each(costs_many, costs_few, truediv),
        goal=below(1.2),
        limit=f"{Spread.of(costs_few)} µs",
        ours=f"{Spread.of(costs_many)} µs",
        note=f"accounts all over the store; {rates}",
    )


BENCH: Final = Bench("growth", "Growth", _measure)
