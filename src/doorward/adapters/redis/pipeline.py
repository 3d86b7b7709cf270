"""Questions of many requests, sent together and answered together by a thread of their own."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import timedelta
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Final, NamedTuple

from doorward.adapters.redis.notes import Notes
from doorward.adapters.redis.survey import require_kept, survey
from doorward.adapters.redis.window import SCRIPT, Counted, counted
from doorward.adapters.redis.wire import FAILURES, Nonsense, Reply, Wire, reason

BUDGET: Final = timedelta(milliseconds=50)
"""How long a request waits for an answer at most."""

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 1.0
LOOK_EVERY_SECONDS: Final = 1.0
_MOST_AT_ONCE: Final = 256


class Question(NamedTuple):
    """One request against one limit."""

    key: str
    seconds: int
    amount: int


class _Asked(NamedTuple):
    question: Question
    until: float
    answer: Callable[[Counted | None], None]


class Pipeline:
    """Asks over one connection, whatever waits at once.

    A failure ends the connection: whoever waits is answered None at once, and so is everybody until the thread has a
    new one, which no request waits for. So a server that stands still costs one budget, not one a request.
    Raises: ValueError, when the URL cannot be used.
    """

    def __init__(self, url: str, *, channel: str, must_keep: bool, notes: Notes) -> None:
        Wire(url)
        self._url = url
        self._channel = channel
        self._must_keep = must_keep
        self._notes = notes
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_told_away = False
        self.is_up = False
        self.instances = 1

    def start(self) -> None:
        """Begin to connect."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="redis-limits", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread and its connection."""
        self._stopped.set()
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(timeout=10)

    def ask(self, question: Question) -> Counted | None:
        """Return the answer, or None when there is none within the budget."""
        if not self.is_up:
            return None
        outcome: Future[Counted | None] = Future()
        self._queue.put(_Asked(question, perf_counter() + BUDGET.total_seconds(), outcome.set_result))
        try:
            return outcome.result(BUDGET.total_seconds())
        except TimeoutError:
            return None

    async def ask_soon(self, question: Question) -> Counted | None:
        """Return the same, and let others run meanwhile."""
        if not self.is_up:
            return None
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Counted | None] = loop.create_future()

        def settle(answer: Counted | None) -> None:
            if not outcome.done():
                outcome.set_result(answer)

        def answer(found: Counted | None) -> None:
            with contextlib.suppress(RuntimeError):  # a loop that was closed meanwhile has nobody left who waits
                loop.call_soon_threadsafe(settle, found)

        timer = loop.call_later(BUDGET.total_seconds(), settle, None)
        self._queue.put(_Asked(question, perf_counter() + BUDGET.total_seconds(), answer))
        try:
            return await outcome
        finally:
            timer.cancel()

    def fell_back(self) -> None:
        """Take note of a request that was counted in this process alone."""
        self._notes.fell_back()

    def _serve(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopped.is_set():
            wire = Wire(self._url)
            try:
                digest = self._greet(wire)
                pause = FIRST_PAUSE_SECONDS
                self._answer_for_ever(wire, digest)
            except FAILURES as error:
                self._tell_away(reason(error))
            finally:
                self.is_up = False
                wire.close()
                self._send_away()
            self._stopped.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _greet(self, wire: Wire) -> bytes:
        """Return the name of the script, from a server that may be used."""
        found = survey(wire)
        if self._must_keep:
            require_kept(found)
        digest = wire.ask("SCRIPT", "LOAD", SCRIPT)
        if not isinstance(digest, bytes):
            raise Nonsense
        self.instances = _count(wire.ask("PUBSUB", "NUMSUB", self._channel))
        return digest

    def _answer_for_ever(self, wire: Wire, digest: bytes) -> None:
        self.is_up = True
        if self._is_told_away:
            self._is_told_away = False
            self._notes.back()
        look_at = perf_counter() + LOOK_EVERY_SECONDS
        while not self._stopped.is_set():
            asked = self._gather(until=look_at)
            if asked:
                self._answer(wire, digest, asked)
            if perf_counter() >= look_at:
                self._look(wire)
                look_at = perf_counter() + LOOK_EVERY_SECONDS

    def _gather(self, *, until: float) -> Sequence[_Asked]:
        """Return what waits, once something does; nothing when it is time to look at the server."""
        asked: list[_Asked] = []
        with contextlib.suppress(Empty):
            first = self._queue.get(timeout=max(until - perf_counter(), 0.0))
            while first is not None:
                asked.append(first)
                first = self._queue.get_nowait() if len(asked) < _MOST_AT_ONCE else None
        now = perf_counter()
        return [each for each in asked if now < each.until]

    def _answer(self, wire: Wire, digest: bytes, asked: Sequence[_Asked]) -> None:
        answered = 0
        try:
            replies = wire.ask_all(
                [("EVALSHA", digest, 1, *each.question) for each in asked],
                timeout=asked[0].until - perf_counter(),
            )
            for each, reply in zip(asked, replies, strict=True):
                each.answer(counted(reply, seconds=each.question.seconds, amount=each.question.amount))
                answered += 1
        finally:
            for each in asked[answered:]:
                each.answer(None)

    def _look(self, wire: Wire) -> None:
        """See that the server is there although nobody asks, and how many share it."""
        (reply,) = wire.ask_all([("PUBSUB", "NUMSUB", self._channel)], timeout=BUDGET.total_seconds())
        self.instances = _count(reply)

    def _send_away(self) -> None:
        """Answer whoever waits, who would wait in vain."""
        with contextlib.suppress(Empty):
            while True:
                asked = self._queue.get_nowait()
                if asked is not None:
                    asked.answer(None)

    def _tell_away(self, why: str) -> None:
        if not self._is_told_away:
            self._is_told_away = True
            self._notes.away(reason=why)


def _count(reply: Reply) -> int:
    match reply:
        case [bytes(), int() as count]:
            return max(count, 1)
        case _:
            raise Nonsense
