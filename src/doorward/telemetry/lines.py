"""Lines of log on their way out."""

import atexit
import contextlib
from collections import deque
from threading import Event, Lock, Thread
from typing import Final, TextIO

GATHERING_SECONDS: Final = 0.02
MOST_WAITING: Final = 100_000


class LineWriter:
    """Writes lines from a thread of its own, many at once, so that a slow terminal or a full pipe holds up nobody.

    A line waits for 20 ms at most, as long as the stream takes it; when too many wait the oldest are lost. What waits
    at the end of the process is written then. A stream that is gone is given up.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._there = Event()
        self._writing = Lock()
        self._starting = Lock()
        self._thread: Thread | None = None

    def write(self, text: str) -> None:
        """Take text, as a stream does."""
        self._waiting.append(text)
        if not self._there.is_set():
            self._there.set()
            if self._thread is None:
                self._start()

    def flush(self) -> None:
        """Return at once: the standard library's handlers flush after every line, and what waits is written soon."""

    def drain(self) -> None:
        """Write what waits, for as long as the stream takes."""
        with self._writing, contextlib.suppress(OSError, ValueError):
            gathered = "".join(self._waiting.popleft() for _ in range(len(self._waiting)))
            if gathered:
                self._stream.write(gathered)
                self._stream.flush()

    def say(self, line: str) -> None:
        """Take a line."""
        self.write(f"{line}\n")

    # The names that structlog calls.
    msg = log = debug = info = warning = error = critical = say

    def _start(self) -> None:
        with self._starting:  # never the other lock, which is held for as long as the stream takes nothing
            if self._thread is not None:
                return
            self._thread = Thread(target=self._write_for_ever, name="log", daemon=True)
        atexit.register(self.drain)
        self._thread.start()

    def _write_for_ever(self) -> None:
        pause = Event()
        while self._there.wait():
            pause.wait(GATHERING_SECONDS)
            self._there.clear()
            self.drain()
