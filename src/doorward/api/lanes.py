"""Where a flow runs: bounded lanes of threads. A full lane refuses at once instead of making everybody wait."""

import asyncio
import contextlib
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from queue import SimpleQueue
from time import perf_counter
from types import TracebackType
from typing import Final, Generic, ParamSpec, Protocol, TypeVar

from doorward.core.kernel.errors import Unavailable

ParamsT = ParamSpec("ParamsT")
AskedT = TypeVar("AskedT")
AskedT_contra = TypeVar("AskedT_contra", contravariant=True)
ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)

QUEUE_LIMIT: Final = 64
MAIN_QUEUE_LIMIT: Final = 1024
MAIN_THREADS: Final = 16
HASH_THREADS_A_CORE: Final = 2
WEB_THREADS: Final = 8
RETRY_AFTER: Final = timedelta(seconds=2)
PATIENCE: Final = timedelta(seconds=10)
SHARED_THREADS: Final = 4
MOST_TOGETHER: Final = 64


def most_at_once(cores: int) -> int:
    """Return how many flows run at the same time, at most, on a machine with that many cores."""
    return MAIN_THREADS + SHARED_THREADS + WEB_THREADS + HASH_THREADS_A_CORE * cores


class _Ticket(Enum):
    """What a thread is woken for."""

    JOB = auto()
    END = auto()


class SeesWaits(Protocol):
    """Is told how long a flow stood in a lane's queue before a thread took it, and which found no place there."""

    def waited(self, lane: str, *, seconds: float) -> None:
        """Take note; called from the lane's threads."""

    def turned_away(self, lane: str) -> None:
        """Take note of a flow that came while the queue was full."""


class TracesFlows(Protocol):
    """Follows flows through the lanes."""

    @abstractmethod
    def around(self, lane: str, call: Callable[[], ResultT]) -> Callable[[], ResultT]:
        """Return what does the same, in a thread, and tells how long it took."""


class Together(Protocol[AskedT_contra, ResultT_co]):
    """A flow that serves several callers in one go."""

    @abstractmethod
    def __call__(self, asked: Sequence[AskedT_contra]) -> Sequence[Callable[[], ResultT_co]]:
        """Do what is done for all at once, and return in order what is left to do for each."""


class _Outcome:
    """What a call returned, or what it raised."""

    __slots__ = ("error", "result")

    def __init__(self) -> None:
        self.result: object = None
        self.error: BaseException | None = None

    def of(self, call: Callable[[], object]) -> "_Outcome":
        with self:
            self.result = call()
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.error = error
        return True


class _Caller:
    """Somebody who waits for a flow on its way through a lane."""

    __slots__ = ("answer", "context", "loop", "since")

    def __init__(self) -> None:
        self.context = copy_context()  # what is done in a thread goes back to the request, too
        self.loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[object] = self.loop.create_future()
        self.since = perf_counter()

    def settle(self, outcome: _Outcome) -> None:
        """Hand an outcome to the caller, if it still waits; called from its loop."""
        if self.answer.done():
            return
        if outcome.error is None:
            self.answer.set_result(outcome.result)
        else:
            self.answer.set_exception(outcome.error)


def _settle(settled: Sequence[tuple[_Caller, _Outcome]]) -> None:
    """Hand all outcomes to their callers, and wake each loop once."""
    for loop in {caller.loop for caller, _ in settled}:
        # A loop that was closed meanwhile has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle_in, loop, settled)


def _settle_in(loop: asyncio.AbstractEventLoop, settled: Sequence[tuple[_Caller, _Outcome]]) -> None:
    for caller, outcome in settled:
        if caller.loop is loop:
            caller.settle(outcome)


class _Threads:
    """Threads that begin when they are first needed, and do one piece of work each time that they are called."""

    def __init__(self, name: str, most: int, work: Callable[[], None]) -> None:
        self._name = name
        self._most = most
        self._work = work
        self._tickets: SimpleQueue[_Ticket] = SimpleQueue()
        self._started: list[threading.Thread] = []
        self._lock = threading.Lock()

    def call(self) -> None:
        """Let one of them do a piece of work, as soon as one has time."""
        self._tickets.put(_Ticket.JOB)
        if len(self._started) < self._most:
            self._start_one()

    def close(self, patience: timedelta) -> None:
        """Let them do what they were called for, and end."""
        with self._lock:
            threads, self._started = self._started, []
        for _ in threads:
            self._tickets.put(_Ticket.END)
        for thread in threads:
            thread.join(patience.total_seconds())

    def _start_one(self) -> None:
        with self._lock:
            number = len(self._started)
            if number >= self._most:
                return
            thread = threading.Thread(target=self._serve, name=f"lane-{self._name}-{number}", daemon=True)
            self._started.append(thread)
            thread.start()

    def _serve(self) -> None:
        while self._tickets.get() is _Ticket.JOB:
            self._work()


class Lane:
    """Some threads that serve two queues, the privileged one first.

    Once a flow stands in a queue it runs, even when nobody waits for it any more: what it has begun is never left half
    done by a caller who went away.
    """

    def __init__(
        self, name: str, *, threads: int, queue_limit: int, watch: SeesWaits, traces: TracesFlows | None = None
    ) -> None:
        self.name = name
        self._queue_limit = queue_limit
        self._watch = watch
        self._traces = traces
        self._first: deque[tuple[_Caller, Callable[[], object]]] = deque()
        self._rest: deque[tuple[_Caller, Callable[[], object]]] = deque()
        self._threads = _Threads(name, threads, self._serve_one)

    async def run(self, call: Callable[[], ResultT], *, first: bool = False) -> ResultT:
        """Return what `call` returns, from a thread of this lane. `first` goes to the privileged queue.

        Raises: Unavailable, when the queue is full; and whatever the call raises.
        """
        queue = self._first if first else self._rest
        if len(queue) >= self._queue_limit:
            self._watch.turned_away(self.name)
            raise Unavailable(RETRY_AFTER)
        caller = _Caller()
        queue.append((caller, call if self._traces is None else self._traces.around(self.name, call)))
        self._threads.call()
        return await caller.answer  # type: ignore[return-value]  # what this very call returned

    @property
    def waiting(self) -> int:
        """How many flows stand in the queues."""
        return len(self._first) + len(self._rest)

    def close(self, *, patience: timedelta = PATIENCE) -> None:
        """Let the threads finish what stands in the queues, and end them."""
        self._threads.close(patience)

    def _serve_one(self) -> None:
        caller, call = self._take()
        self._watch.waited(self.name, seconds=perf_counter() - caller.since)
        _settle([(caller, caller.context.run(_Outcome().of, call))])

    def _take(self) -> tuple[_Caller, Callable[[], object]]:
        # A thread is called for every flow, so one of the queues has one for it.
        with contextlib.suppress(IndexError):
            return self._first.popleft()
        return self._rest.popleft()


@dataclass(frozen=True, slots=True)
class _Share(Generic[AskedT, ResultT]):
    """What one caller asks of a flow that serves several at once."""

    caller: _Caller
    flow: Together[AskedT, ResultT]
    asked: AskedT


class SharedLane:
    """Some threads that each serve at once all who wait for one flow.

    While they are busy the next callers gather: the more there are, the less each costs, and one alone does not wait.
    Who stands in the queue is served, as in any lane. When a flow fails as a whole, those whom it served hear of it,
    and nobody else.
    """

    def __init__(self, name: str, *, threads: int, queue_limit: int, watch: SeesWaits) -> None:
        self.name = name
        self._queue_limit = queue_limit
        self._watch = watch
        self._queue: deque[_Share[object, object]] = deque()
        self._is_called = False
        self._lock = threading.Lock()
        self._threads = _Threads(name, threads, self._serve_all)

    async def run(self, flow: Together[AskedT, ResultT], asked: AskedT) -> ResultT:
        """Return what the flow has for this caller.

        Raises: Unavailable, when the queue is full; and whatever the flow raises.
        """
        if len(self._queue) >= self._queue_limit:
            self._watch.turned_away(self.name)
            raise Unavailable(RETRY_AFTER)
        caller = _Caller()
        self._queue.append(_Share(caller, flow, asked))  # type: ignore[arg-type]  # a flow is given its own callers
        caller.loop.call_soon(self._call)  # when everybody stands in the queue whose request came at the same moment
        return await caller.answer  # type: ignore[return-value]  # what the flow had for this very caller

    @property
    def waiting(self) -> int:
        """How many callers stand in the queue."""
        return len(self._queue)

    def close(self, *, patience: timedelta = PATIENCE) -> None:
        """Let the threads serve who stands in the queue, and end them."""
        self._call()
        self._threads.close(patience)

    def _call(self) -> None:
        # Whoever stands in the queue before the flag falls is served by the thread that lets it fall.
        if self._queue and not self._is_called:
            self._is_called = True
            self._threads.call()

    def _serve_all(self) -> None:
        self._is_called = False
        while shares := self._take():
            self._call()  # who is left may be served by another thread meanwhile
            self._serve(shares)

    def _take(self) -> Sequence[_Share[object, object]]:
        shares: list[_Share[object, object]] = []
        with self._lock:
            while self._queue and len(shares) < MOST_TOGETHER:
                if shares and self._queue[0].flow is not shares[0].flow:
                    break
                shares.append(self._queue.popleft())
        return shares

    def _serve(self, shares: Sequence[_Share[object, object]]) -> None:
        now = perf_counter()
        for share in shares:
            self._watch.waited(self.name, seconds=now - share.caller.since)
        callers, asked = [share.caller for share in shares], [share.asked for share in shares]
        left: list[tuple[_Caller, Callable[[], object]]] = []
        for_all = _Outcome().of(lambda: left.extend(zip(callers, shares[0].flow(asked), strict=True)))
        if for_all.error is None:
            _settle([(caller, caller.context.run(_Outcome().of, call)) for caller, call in left])
        else:
            _settle([(caller, for_all) for caller in callers])


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes, none of which holds up another: a server elsewhere that does not answer costs the others nothing.

    `hash` is for what computes a password hash, `shared` for what is done for several callers at once, `web` for what
    asks another server, `main` for the rest.
    """

    hash_lane: Lane
    shared_lane: SharedLane
    main_lane: Lane
    web_lane: Lane

    @classmethod
    def build(cls, *, cores: int, watch: SeesWaits, traces: TracesFlows | None = None) -> "Lanes":
        """Return lanes for a machine with that many cores."""
        hashing = HASH_THREADS_A_CORE * cores
        return cls(
            Lane("hash", threads=hashing, queue_limit=QUEUE_LIMIT, watch=watch, traces=traces),
            SharedLane("shared", threads=SHARED_THREADS, queue_limit=MAIN_QUEUE_LIMIT, watch=watch),
            Lane("main", threads=MAIN_THREADS, queue_limit=MAIN_QUEUE_LIMIT, watch=watch, traces=traces),
            Lane("web", threads=WEB_THREADS, queue_limit=QUEUE_LIMIT, watch=watch, traces=traces),
        )

    async def hash(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what a flow that computes a password hash returns."""
        return await self.hash_lane.run(partial(flow, *args, **kwargs))

    async def hash_first(
        self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs
    ) -> ResultT:
        """Return the same for a caller with a known device, ahead of everybody without."""
        return await self.hash_lane.run(partial(flow, *args, **kwargs), first=True)

    async def together(self, flow: Together[AskedT, ResultT], asked: AskedT) -> ResultT:
        """Return what a flow that serves several callers in one go has for this one."""
        return await self.shared_lane.run(flow, asked)

    async def main(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what any other flow returns."""
        return await self.main_lane.run(partial(flow, *args, **kwargs))

    async def web(self, flow: Callable[ParamsT, ResultT], *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        """Return what a flow that asks another server returns."""
        return await self.web_lane.run(partial(flow, *args, **kwargs))

    def __iter__(self) -> Iterator[Lane | SharedLane]:
        """Yield each lane."""
        yield from (self.hash_lane, self.shared_lane, self.main_lane, self.web_lane)

    def close(self) -> None:
        """Finish what stands in the queues, and end the threads."""
        self.hash_lane.close()
        self.web_lane.close()
        self.shared_lane.close()
        self.main_lane.close()
