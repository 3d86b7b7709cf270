"""Answers that change nothing, beside a bare Starlette route on the same server."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import truediv
from typing import Final

from benchmarks import browser, load
from benchmarks.callers import Refreshing, member
from benchmarks.deployment import Deployment
from benchmarks.filling import Filled, fill, login_of
from benchmarks.limits import bare_route
from benchmarks.load import CALLERS, Load
from benchmarks.machine import ALONE
from benchmarks.processes import Server, free_port, serving
from benchmarks.report import Goal, Row, Spread, at_least
from benchmarks.run import Bench, Run
from benchmarks.wire import Connection

_ACCOUNTS: Final = 100
_NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    headers: Mapping[str, str]
    goal: Goal | None = None
    loads: list[Load] = field(default_factory=list)


def _measure(run: Run) -> Sequence[Row]:
    filled = fill(Deployment.new(run.folder / "reads"), _ACCOUNTS)
    port = free_port()
    bare = serving(
        [sys.executable, "-m", "benchmarks.limits.bare_route", str(port)],
        port,
        ready=bare_route.PATH,
        environment={},
        cores=ALONE,
        log=run.folder / "bare.log",
    )
    limits: list[Load] = []
    with filled.deployment.served(cores=ALONE) as server, bare as bare_server:
        pages = load.run(_pages(server, filled))
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: the bare route, then ours")
            # The bare route is sent what the first page is, so that both read the same request.
            limits.append(load.reading(bare_server, bare_route.PATH, pages[0].headers, run.seconds))
            for page in pages:
                page.loads.append(load.reading(server, page.path, page.headers, run.seconds))
    return [_row(page, limits) for page in pages]


async def _pages(server: Server, filled: Filled) -> Sequence[_Page]:
    connection = await Connection.to(server.port)
    answer = await connection.ask(Refreshing(server.port, filled.refresh_tokens(0)).request())
    cookies = await browser.sign_in(connection, server.port, login_of(1))
    connection.close()
    return [
        _Page("/v1/mobile/me", {"Authorization": f"Bearer {member(answer, 'access_token')}"}, at_least(0.5)),
        _Page("/v1/web/me", {"Cookie": cookies}),
        _Page("/.well-known/jwks.json", _NONE),
        _Page("/healthz", _NONE),
    ]


def _row(page: _Page, limits: Sequence[Load]) -> Row:
    rates, bare = [one.rate for one in page.loads], [one.rate for one in limits]
    cpu = Spread.of([one.cpu_microseconds for one in page.loads])
    bare_cpu = Spread.of([one.cpu_microseconds for one in limits])
    return Row(
        "reads",
        f"GET {page.path} ÷ a bare Starlette route",
        Spread.of_each(rates, bare, truediv),
        goal=page.goal,
        limit=f"{Spread.of(bare)} /s",
        ours=f"{Spread.of(rates)} /s",
        note=f"{CALLERS} callers, server on one core; processor time {cpu} µs, the bare route {bare_cpu} µs",
    )


BENCH: Final = Bench("reads", "Reading", _measure)
