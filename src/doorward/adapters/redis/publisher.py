"""Telling other instances what changed, from a thread of its own."""

import threading
from time import perf_counter
from typing import Final

from doorward.adapters.redis.messages import EVERYTHING, MOST_ACCOUNTS, Messages, News
from doorward.adapters.redis.notes import Notes
from doorward.adapters.redis.wire import FAILURES, Wire

_NOTHING: Final = News()
_GATHERING_SECONDS: Final = 0.01
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 2.0
_LAST_WORDS_SECONDS: Final = 3.0


class Publisher:
    """Takes news without ever holding up who brings them, and tells them 10 ms later, many in one message.

    At most a thousand changed accounts wait; when there are more, or when the server was away, others are told to
    forget everything. The thread begins with the first news.
    """

    def __init__(self, url: str, messages: Messages, notes: Notes) -> None:
        self._url = url
        self._messages = messages
        self._notes = notes
        self._waiting = _NOTHING
        self._lock = threading.Lock()
        self._there = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._pause_seconds = _FIRST_PAUSE_SECONDS

    def tell(self, news: News) -> None:
        """Take news."""
        with self._lock:
            if len(self._waiting.accounts) + len(news.accounts) > MOST_ACCOUNTS:
                self._notes.overflowed()
            self._waiting |= news
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._serve, name="redis-publish", daemon=True)
                self._thread.start()
        self._there.set()

    def close(self) -> None:
        """Tell what waits, unless that fails, and end the thread."""
        self._stopped.set()
        self._there.set()
        if self._thread is not None:
            self._thread.join(timeout=_LAST_WORDS_SECONDS)

    def _serve(self) -> None:
        while not self._is_over():
            wire = Wire(self._url)
            try:
                self._tell_for_ever(wire)
            except FAILURES:
                self._keep(EVERYTHING)
                if self._stopped.wait(self._pause_seconds):
                    return
                self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)
            finally:
                wire.close()

    def _tell_for_ever(self, wire: Wire) -> None:
        """Tell what waits, until the end."""
        while not self._is_over():
            self._there.wait()
            self._stopped.wait(_GATHERING_SECONDS)  # what comes close together goes out together
            self._there.clear()
            news = self._take()
            if news != _NOTHING:
                wire.ask("PUBLISH", self._messages.channel, self._messages.write(news, at=perf_counter()))
                self._pause_seconds = _FIRST_PAUSE_SECONDS

    def _is_over(self) -> bool:
        return self._stopped.is_set() and self._waiting == _NOTHING

    def _take(self) -> News:
        with self._lock:
            news, self._waiting = self._waiting, _NOTHING
        return news

    def _keep(self, news: News) -> None:
        """Put back what could not be told."""
        with self._lock:
            self._waiting |= news
        self._there.set()
