"""Load: callers that each wait for their answer, callers at a steady rate, and wrk."""

import asyncio
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Protocol, TypeVar

import uvloop

from benchmarks.machine import REST, cpu_nanoseconds, cpu_seconds, on_cores
from benchmarks.processes import HOST, Server
from benchmarks.run import CannotMeasure
from benchmarks.wire import Answer, Connection, get

CALLERS: Final = 16
WARM_UP_SECONDS: Final = 0.5
_MOST_CONNECTIONS: Final = 1024
_OK: Final = 200
_MICROSECONDS: Final = 1e6
_WRK_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_WRK_COUNT: Final = re.compile(r"(\d+) requests in")
_WRK_ERRORS: Final = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")

ResultT = TypeVar("ResultT")


class Caller(Protocol):
    """Makes requests one after another; what was answered may decide the next."""

    def request(self) -> bytes:
        """Return the next request."""

    def take(self, answer: Answer) -> None:
        """Take the answer to the last request.

        Raises: CannotMeasure, when it is not what was asked for.
        """


@dataclass(slots=True)
class Load:
    """What was answered within the measured time."""

    seconds: float = 0.0
    cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """How many requests were answered a second."""
        return self.requests / self.seconds

    @property
    def cpu_microseconds(self) -> float:
        """How much processor time of the server each took."""
        return self.cpu * _MICROSECONDS / max(self.requests, 1)

    def percentile(self, share: float) -> float:
        """Return the latency, in milliseconds, that this share of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


@dataclass(slots=True)
class _Window:
    """The measured time: what is answered within it counts."""

    load: Load = field(default_factory=Load)
    is_open: bool = False
    is_over: bool = False

    def note(self, answer: Answer, latency: float) -> None:
        if self.is_open:
            self.load.latencies.append(latency)
            self.load.statuses[answer.status] += 1

    async def measure(self, server: Server, seconds: float) -> None:
        await asyncio.sleep(WARM_UP_SECONDS)
        cpu, started = cpu_seconds(server.pid), perf_counter()
        self.is_open = True
        await asyncio.sleep(seconds)
        self.is_open, self.is_over = False, True
        self.load.seconds, self.load.cpu = perf_counter() - started, cpu_seconds(server.pid) - cpu


def run(main: Coroutine[None, None, ResultT]) -> ResultT:
    """Return what a coroutine returns, on a loop and on cores of its own."""
    with on_cores(REST), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def waiting(server: Server, callers: Sequence[Caller], seconds: float) -> Load:
    """Return what callers got that each send the next request when the last is answered."""
    window = _Window()
    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(_keep_asking(server, caller, window))
        group.create_task(window.measure(server, seconds))
    return window.load


async def _keep_asking(server: Server, caller: Caller, window: _Window) -> None:
    connection = await Connection.to(server.port)
    while not window.is_over:
        started = perf_counter()
        answer = await connection.ask(caller.request())
        caller.take(answer)
        window.note(answer, perf_counter() - started)
    connection.close()


async def counted(server: Server, callers: Sequence[Caller], requests: int) -> float:
    """Return how many microseconds of the server's processor time a request took, when callers made so many together.

    A number of requests has no edges as a time has, within which some are half answered.
    """
    connections = [await Connection.to(server.port) for _ in callers]
    shares = [len(range(place, requests, len(callers))) for place in range(len(callers))]
    before = cpu_nanoseconds(server.pid)
    async with asyncio.TaskGroup() as group:
        for caller, connection, share in zip(callers, connections, shares, strict=True):
            group.create_task(_ask_so_often(caller, connection, share))
    took = cpu_nanoseconds(server.pid) - before
    for connection in connections:
        connection.close()
    return took / 1000 / requests


async def _ask_so_often(caller: Caller, connection: Connection, times: int) -> None:
    for _ in range(times):
        caller.take(await connection.ask(caller.request()))


async def steady(server: Server, callers: Sequence[Caller], seconds: float, *, rate: float) -> Load:
    """Return what callers got that send in turn, `rate` a second together, whether or not others were answered.

    Latency counts from the moment at which a request was due, so a server that stands still is not flattered.
    """
    window = _Window()
    async with asyncio.TaskGroup() as group:
        for number, caller in enumerate(callers):
            group.create_task(_ask_when_due(server, caller, window, every=len(callers) / rate, first=number / rate))
        group.create_task(window.measure(server, seconds))
    return window.load


async def _ask_when_due(server: Server, caller: Caller, window: _Window, *, every: float, first: float) -> None:
    connection = await Connection.to(server.port)
    due = perf_counter() + first
    while not window.is_over:
        await asyncio.sleep(max(0.0, due - perf_counter()))
        answer = await connection.ask(caller.request())
        caller.take(answer)
        window.note(answer, perf_counter() - due)
        due += every
    connection.close()


async def flood(server: Server, next_request: Callable[[], bytes], seconds: float, *, rate: float) -> Load:
    """Send `rate` requests a second, on as many connections as wait for answers, and return what was answered.

    Raises: CannotMeasure, when the server leaves more than a thousand waiting.
    """
    window = _Window()
    idle: list[Connection] = []
    open_now: set[Connection] = set()

    async def send() -> None:
        started = perf_counter()
        connection = idle.pop() if idle else await Connection.to(server.port)
        open_now.add(connection)
        window.note(await connection.ask(next_request()), perf_counter() - started)
        idle.append(connection)

    async with asyncio.TaskGroup() as group:
        group.create_task(window.measure(server, seconds))
        due = perf_counter()
        while not window.is_over:
            if len(open_now) - len(idle) > _MOST_CONNECTIONS:
                raise CannotMeasure("the server left more than a thousand requests of the flood waiting")
            group.create_task(send())
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
    for connection in open_now:
        connection.close()
    return window.load


@dataclass(frozen=True, slots=True)
class _Reader:
    """Asks for the same page again and again."""

    wanted: bytes

    def request(self) -> bytes:
        return self.wanted

    def take(self, answer: Answer) -> None:
        if answer.status != _OK:
            raise CannotMeasure(f"the page was answered with {answer.status}")


def reading(server: Server, path: str, headers: Mapping[str, str], seconds: float) -> Load:
    """Return the rate at which one page is answered to callers that wait: by wrk where it is installed, else by us.

    Raises: CannotMeasure, when an answer was not 200.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        wanted = get(path, server.port, headers)
        return run(waiting(server, [_Reader(wanted)] * CALLERS, seconds))
    return _with_wrk(wrk, server, path, headers, seconds)


def _with_wrk(wrk: str, server: Server, path: str, headers: Mapping[str, str], seconds: float) -> Load:
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    url = f"http://{HOST}:{server.port}{path}"
    command = [wrk, "-t1", f"-c{CALLERS}", f"-d{max(round(seconds), 1)}s", *given, url]
    cpu = cpu_seconds(server.pid)
    with on_cores(REST):
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 (our own words)
    cpu = cpu_seconds(server.pid) - cpu
    rate, count = _WRK_RATE.search(said), _WRK_COUNT.search(said)
    if rate is None or count is None or _WRK_ERRORS.search(said):
        raise CannotMeasure(f"{path} was not answered well: {said.strip()}")
    requests = int(count[1])
    return Load(seconds=requests / float(rate[1]), cpu=cpu, latencies=[0.0] * requests)
