"""Where a flow runs: bounded lanes of threads. A full lane refuses at once instead of making everybody wait."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from queue import SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Final, ParamSpec, Protocol, TypeVar

from doorward.core.kernel.errors import Unavailable

ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")

QUEUE_LIMIT: Final = 64
MAIN_QUEUE_LIMIT: Final = 1024
MAIN_THREADS: Final = 16
HASH_THREADS_A_CORE: Final = 2
WEB_THREADS: Final = 8
RETRY_AFTER: Final = timedelta(seconds=2)


def most_at_once(cores: int) -> int:
    """Return how many flows run at the same time, at most, on a machine with that many cores."""
    return MAIN_THREADS + WEB_THREADS + HASH_THREADS_A_CORE * cores


class _Ticket(Enum):
    """What a thread is woken for."""

    JOB = auto()
    END = auto()


class SeesWaits(Protocol):
    """Is told how long a flow stood in a lane's queue before a thread took it."""

    def waited(self, lane: str, *, seconds: float) -> None:
        """Take note; called from the lane's threads."""


@dataclass(slots=True)
class _Job:
    """A call on its way through a lane. What it returns or raises goes to whoever waits for it, if anybody does."""

    call: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    outcome: asyncio.Future[object]
    queued_at: float = field(default_factory=perf_counter)

    def run(self) -> None:
        with self:
            self._relay(self.call(), None)

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is not None:
            self._relay(None, error)
        return True

    def _relay(self, result: object, error: BaseException | None) -> None:
        # A loop that was closed meanwhile has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: object, error: BaseException | None) -> None:
        if self.outcome.done():
            return
        if error is None:
            self.outcome.set_result(result)
        else:
            self.outcome.set_exception(error)


class Lane:
    """Some threads that serve two queues, the privileged one first.

    Once a flow stands in a queue it runs, even when nobody waits for it any more: what it has begun is never left half
    done by a caller who went away.
    """

    def __init__(self, name: str, *, threads: int, queue_limit: int, watch: SeesWaits) -> None:
        self.name = name
        self._threads = threads
        self._queue_limit = queue_limit
        self._watch = watch
        self._first: deque[_Job] = deque()
        self._rest: deque[_Job] = deque()
        self._tickets: SimpleQueue[_Ticket] = SimpleQueue()
        self._started: list[threading.Thread] = []
        self._lock = threading.Lock()

    async def run(self, call: Callable[[], ResultT], *, first: bool = False) -> ResultT:
        """Return what `call` returns, from a thread of this lane. `first` goes to the privileged queue.

        Raises: Unavailable, when the queue is full; and whatever the call raises.
        """
        queue = self._first if first else self._rest
        if len(queue) >= self._queue_limit:
            raise Unavailable(RETRY_AFTER)
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[ResultT] = loop.create_future()
        queue.append(_Job(call, loop, outcome))  # type: ignore[arg-type]  # the future of this very call
        self._tickets.put(_Ticket.JOB)
        if len(self._started) < self._threads:
            self._start_one()
        return await outcome

    @property
    def waiting(self) -> int:
        """How many flows stand in the queues."""
        return len(self._first) + len(self._rest)

    def close(self, *, patience: timedelta = timedelta(seconds=10)) -> None:
        """Let the threads finish what stands in the queues, and end them."""
        with self._lock:
            threads, self._started = self._started, []
        for _ in threads:
            self._tickets.put(_Ticket.END)
        for thread in threads:
            thread.join(patience.total_seconds())

    def _start_one(self) -> None:
        with self._lock:
            number = len(self._started)
            if number >= self._threads:
                return
            thread = threading.Thread(target=self._serve, name=f"lane-{self.name}-{number}", daemon=True)
            self._started.append(thread)
            thread.start()

    def _serve(self) -> None:
        while self._tickets.get() is _Ticket.JOB:
            job = self._take()
            self._watch.waited(self.name, seconds=perf_counter() - job.queued_at)
            job.run()

    def _take(self) -> _Job:
        # There is a ticket for every job, so one of the queues has one for this thread.
        with contextlib.suppress(IndexError):
            return self._first.popleft()
        return self._rest.popleft()


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes: `hash` for what computes a password hash, `web` for what asks another server, `main` for the rest.

    None holds up another: a server elsewhere that does not answer costs the others nothing.
    """

    hash_lane: Lane
    main_lane: Lane
    web_lane: Lane

    @classmethod
    def build(cls, *, cores: int, watch: SeesWaits) -> "Lanes":
        """Return lanes for a machine with that many cores."""
        return cls(
            Lane("hash", threads=HASH_THREADS_A_CORE * cores, queue_limit=QUEUE_LIMIT, watch=watch),
            Lane("main", threads=MAIN_THREADS, queue_limit=MAIN_QUEUE_LIMIT, watch=watch),
            Lane("web", threads=WEB_THREADS, queue_limit=QUEUE_LIMIT, watch=watch),
        )

    async def hash(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what a flow that computes a password hash returns."""
        return await self.hash_lane.run(partial(flow, *args, **kwargs))

    async def hash_first(
        self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs
    ) -> ResultT:
        """Return the same for a caller with a known device, ahead of everybody without."""
        return await self.hash_lane.run(partial(flow, *args, **kwargs), first=True)

    async def main(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what any other flow returns."""
        return await self.main_lane.run(partial(flow, *args, **kwargs))

    async def web(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what a flow that asks another server returns."""
        return await self.web_lane.run(partial(flow, *args, **kwargs))

    def close(self) -> None:
        """Finish what stands in the queues, and end the threads."""
        self.hash_lane.close()
        self.web_lane.close()
        self.main_lane.close()
