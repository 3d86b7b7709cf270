"""What limits cost that instances share, and what a request waits for when their server stands still."""

import asyncio
import json
import re
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Final

from benchmarks import load
from benchmarks.cache_server import CacheServer, running
from benchmarks.callers import REFRESH
from benchmarks.deployment import READY, Deployment
from benchmarks.load import CALLERS, Load
from benchmarks.machine import ALONE
from benchmarks.processes import HOST, Server, pause
from benchmarks.report import Row, Spread, at_most
from benchmarks.run import Bench, CannotMeasure, Run
from benchmarks.wire import Answer, post

_BUDGET_MILLISECONDS: Final = 50.0
_RATE: Final = 200.0
_STEADY_CALLERS: Final = 50
_PATIENCE_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.05
_PAUSE_AFTER: Final = 0.3
_ALL: Final = 1.0
_TOLERATED: Final = 0.01
_FALLBACKS: Final = re.compile(rb"doorward_cache_fallbacks_total ([\d.e+]+)")


@dataclass(frozen=True, slots=True)
class _Forging:
    """Presents a refresh token that is none: the request is counted, and refused before any store is asked."""

    wanted: bytes

    def request(self) -> bytes:
        return self.wanted

    def take(self, answer: Answer) -> None:
        if answer.status != HTTPStatus.UNAUTHORIZED:
            raise CannotMeasure(f"a forged token was answered with {answer.status}")


def _measure(run: Run) -> Sequence[Row]:
    alone: list[Load] = []
    shared: list[Load] = []
    normal: list[Load] = []
    paused: list[Load] = []
    with ExitStack() as open_until_the_end:
        cache = open_until_the_end.enter_context(running(run.folder))
        servers = [
            open_until_the_end.enter_context(Deployment.new(run.folder / name, cache_url=url).served(cores=ALONE))
            for name, url in (("alone", None), ("shared", cache.url))
        ]
        _wait_until_shared(servers[1])
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: limits of its own, then shared, then the cache stands still")
            fallbacks = _fallbacks(servers[1])
            for server, loads in zip(servers, (alone, shared), strict=True):
                loads.append(load.run(load.waiting(server, _forging(server, CALLERS), run.seconds)))
            if _fallbacks(servers[1]) - fallbacks > _TOLERATED * shared[-1].requests:
                raise CannotMeasure("the cache did not answer in time, so its price could not be measured")
            normal.append(
                load.run(load.steady(servers[1], _forging(servers[1], _STEADY_CALLERS), run.seconds, rate=_RATE))
            )
            paused.append(load.run(_standing_still(servers[1], cache, run.seconds)))
            _wait_until_shared(servers[1])
    return _rows(alone, shared, normal, paused)


def _forging(server: Server, count: int) -> Sequence[_Forging]:
    return [_Forging(post(REFRESH, server.port, {"refresh_token": "x"}))] * count


async def _standing_still(server: Server, cache: CacheServer, seconds: float) -> Load:
    """Return what callers got at a steady rate while the cache stopped to answer, soon after they had begun."""

    async def stop() -> None:
        await asyncio.sleep(load.WARM_UP_SECONDS + _PAUSE_AFTER * seconds)
        cache.pause()

    try:
        measured, _ = await asyncio.gather(
            load.steady(server, _forging(server, _STEADY_CALLERS), seconds, rate=_RATE), stop()
        )
    finally:
        cache.go_on()
    return measured


def _wait_until_shared(server: Server) -> None:
    """Return when the server says that it shares its limits.

    Raises: CannotMeasure.
    """
    until = perf_counter() + _PATIENCE_SECONDS
    while not _is_shared(server):
        if perf_counter() > until:
            raise CannotMeasure("the server does not come to share its limits")
        pause(_POLL_SECONDS)


def _is_shared(server: Server) -> bool:
    return bool(json.loads(_body(server, READY))["checks"]["cache"] == "ok")


def _fallbacks(server: Server) -> float:
    """Return how many requests were counted in the server's own process, because the cache did not answer in time."""
    found = _FALLBACKS.search(_body(server, "/metrics"))
    if found is None:
        raise CannotMeasure("the server does not tell how often it fell back")
    return float(found[1])


def _body(server: Server, path: str) -> bytes:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection((HOST, server.port), timeout=_PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        return connection.makefile("rb").read().partition(b"\r\n\r\n")[2]


def _rows(
    alone: Sequence[Load], shared: Sequence[Load], normal: Sequence[Load], paused: Sequence[Load]
) -> Sequence[Row]:
    ours = [one.cpu_microseconds for one in shared]
    before = [one.cpu_microseconds for one in alone]
    worst = Spread.of([one.percentile(_ALL) for one in paused])
    usual = Spread.of([one.percentile(_ALL) for one in normal])
    return [
        Row(
            "shared",
            "what a shared limit adds to a request",
            Spread.of_each(ours, before, lambda one, other: (one - other) / 1000),
            "ms of CPU",
            goal=at_most(0.2),
            limit=f"limits of its own: {Spread.of(before)} µs a request",
            ours=f"{Spread.of(ours)} µs",
            note=f"{CALLERS} callers, refused before any store is asked; the cache's own time is not counted",
        ),
        Row(
            "shared",
            "the longest wait while the cache stands still",
            worst,
            "ms",
            goal=at_most(_BUDGET_MILLISECONDS + usual.median),
            limit=f"otherwise {usual} ms",
            note=f"{_RATE:.0f} requests a second, counted from when each was due",
        ),
    ]


BENCH: Final = Bench("shared", "Limits that instances share", _measure)
