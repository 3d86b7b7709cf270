"""Hearing from other instances what changed, in a thread of its own."""

import threading
from collections.abc import Callable
from time import perf_counter
from typing import Final

from doorward.adapters.redis.messages import EVERYTHING, Messages, News
from doorward.adapters.redis.notes import Notes
from doorward.adapters.redis.wire import FAILURES, Nonsense, Silent, Wire, reason

_TICK_SECONDS: Final = 0.2
_PING_EVERY_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 3.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 2.0


class Subscriber:
    """Calls `hear` with what others tell, and with EVERYTHING whenever something may have been missed."""

    def __init__(self, url: str, messages: Messages, hear: Callable[[News], None], notes: Notes) -> None:
        self._url = url
        self._messages = messages
        self._hear = hear
        self._notes = notes
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_told = False

    def start(self) -> None:
        """Begin to listen."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="redis-subscribe", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _serve(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopped.is_set():
            wire = Wire(self._url)
            try:
                self._subscribe(wire)
                pause = _FIRST_PAUSE_SECONDS
                self._listen(wire)
            except FAILURES as error:
                self._tell_lost(reason(error))
            finally:
                wire.close()
            self._stopped.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def _subscribe(self, wire: Wire) -> None:
        match wire.ask("SUBSCRIBE", self._messages.channel):
            case [b"subscribe", _, int()]:
                pass
            case _:
                raise Nonsense
        self._hear(EVERYTHING)  # what was said until now was said to others alone
        if self._is_told:
            self._is_told = False
            self._notes.in_touch()

    def _listen(self, wire: Wire) -> None:
        heard_at = pinged_at = perf_counter()
        while not self._stopped.is_set():
            try:
                self._take(wire)
                heard_at = perf_counter()
            except Silent:
                now = perf_counter()
                if now - heard_at > _PATIENCE_SECONDS:
                    raise TimeoutError from None
                if now - pinged_at > _PING_EVERY_SECONDS:
                    wire.say("PING")
                    pinged_at = now

    def _take(self, wire: Wire) -> None:
        match wire.hear(timeout=_TICK_SECONDS):
            case [b"message", _, bytes() as message]:
                news = self._messages.read(message)
                if news is not None:
                    self._hear(news)
                elif (since := self._messages.own_since(message)) is not None:
                    self._notes.came_back(seconds=perf_counter() - since)
            case [b"pong", _]:
                pass
            case _:
                raise Nonsense

    def _tell_lost(self, why: str) -> None:
        if not self._is_told:
            self._is_told = True
            self._notes.lost_touch(reason=why)
