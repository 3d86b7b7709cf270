"""Writing to a bucket in pieces, whenever they come."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from threading import Lock, Thread
from typing import Final, TypeVar
from weakref import WeakSet

import obstore
from obstore.store import S3Store

from doorward.adapters.s3.bucket import RETRY_AFTER, reaching
from doorward.core.files.errors import StorageFull
from doorward.core.files.ports import Pen
from doorward.core.kernel.errors import Unavailable

PIECE: Final = 8 << 20
"""How many bytes go in one request. S3 takes no less than 5 MiB, but for the last, and 10,000 pieces a file."""

MOST_PIECES: Final = 10_000
_IN_MEMORY: Final = 256 << 10
_PATIENCE_SECONDS: Final = 2
_T = TypeVar("_T")


class Loop:
    """Runs what the driver does in the background, for all pens: a loop in a thread of its own, once one is needed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: tuple[asyncio.AbstractEventLoop, Thread] | None = None
        self._is_closed = False
        self._streams: WeakSet[_Stream] = WeakSet()

    def watch(self, stream: "_Stream") -> None:
        """Let a stream give up when this is closed."""
        self._streams.add(stream)

    def begin(self, work: Coroutine[object, object, _T]) -> "Future[_T]":
        """Let something run.

        Raises: Unavailable, once it was closed.
        """
        with self._lock:
            if self._is_closed:
                work.close()
                raise Unavailable(RETRY_AFTER)
            if self._running is None:
                loop = asyncio.new_event_loop()
                thread = Thread(target=loop.run_forever, name="s3", daemon=True)
                thread.start()
                self._running = (loop, thread)
            return asyncio.run_coroutine_threadsafe(work, self._running[0])

    def close(self) -> None:
        """Let nothing run any more; what is not ended by now is given up."""
        for stream in tuple(self._streams):
            stream.forget()
        with self._lock:
            running, self._running, self._is_closed = self._running, None, True
        if running is not None:
            loop, thread = running
            asyncio.run_coroutine_threadsafe(_settled(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _settled() -> None:
    """Return when nothing runs any more; what takes too long is left where it is."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        _, late = await asyncio.wait(others, timeout=_PATIENCE_SECONDS)
        for task in late:
            task.cancel()


class _Dropped(Exception):
    """What the driver hears when nothing shall be left: it aborts the upload that it began."""


class _Stream:
    """One upload of many pieces, which the driver sends while others wait for theirs."""

    def __init__(self, store: S3Store, key: str, loop: Loop) -> None:
        self._loop = loop
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        self._is_dropped = False
        self._is_over = asyncio.Event()
        self._sending = loop.begin(self._send(store, key))
        loop.watch(self)

    def feed(self, piece: bytes) -> None:
        """Hand over a piece; wait while the one before was not taken.

        Raises: Unavailable. StorageFull.
        """
        if not self._loop.begin(self._offer(piece)).result():
            self._end()

    def keep(self) -> None:
        """Return when all pieces are kept, as one.

        Raises: the same.
        """
        self._loop.begin(self._offer(None)).result()
        self._end()

    def drop(self) -> None:
        """Return when the driver gave up; where it could not tell the bucket so, that is found by a rule of it."""
        self._is_dropped = True
        self._loop.begin(self._offer(None)).result()
        self._sending.exception()

    def forget(self) -> None:
        """Let the driver give up, and wait for nothing."""
        self._is_dropped = True
        with suppress(Unavailable):
            self._loop.begin(self._offer(None))

    def _end(self) -> None:
        with reaching():
            self._sending.result()

    async def _offer(self, piece: bytes | None) -> bool:
        """Hand over a piece, and tell whether anybody was there to take it."""
        offering = asyncio.ensure_future(self._pieces.put(piece))
        ending = asyncio.ensure_future(self._is_over.wait())
        await asyncio.wait({offering, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        return not offering.cancel()

    async def _send(self, store: S3Store, key: str) -> None:
        try:
            await obstore.put_async(store, key, self._fed(), chunk_size=PIECE, max_concurrency=1)
        finally:
            self._is_over.set()

    async def _fed(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if self._is_dropped:
            raise _Dropped


class S3Pen(Pen):
    """Writes to a bucket. A piece that is not whole waits in a file without a name, not in memory.

    Up to one piece is sent in one request when it is kept; what is longer is sent piece by piece as it comes.
    """

    _is_over = True  # until there is something to end

    def __init__(self, store: S3Store, key: str, loop: Loop) -> None:
        self._store = store
        self._key = key
        self._loop = loop
        self._waiting = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed by what ends the pen)
        self._stream: _Stream | None = None
        self._pieces = 0
        self._is_over = False

    def write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            room = PIECE - self._waiting.tell()
            if not room:
                self._send_piece()
                continue
            self._lay_down(rest[:room])
            rest = rest[room:]

    def keep(self) -> None:
        try:
            piece = self._taken()
            if self._stream is None:
                with reaching():
                    obstore.put(self._store, self._key, piece, use_multipart=False)
            else:
                self._stream.feed(piece)
                self._stream.keep()
        finally:
            self._end()

    def drop(self) -> None:
        if self._is_over:
            return
        self._end()
        if self._stream is not None:
            self._stream.drop()

    def __del__(self) -> None:
        if not self._is_over:  # whoever wrote was stopped in the middle
            self._end()
            if self._stream is not None:
                self._stream.forget()

    def _send_piece(self) -> None:
        self._pieces += 1
        if self._pieces >= MOST_PIECES:
            raise StorageFull
        if self._stream is None:
            self._stream = _Stream(self._store, self._key, self._loop)
        self._stream.feed(self._taken())

    def _lay_down(self, some: memoryview) -> None:
        try:
            self._waiting.write(some)
        except OSError as error:
            raise StorageFull from error

    def _taken(self) -> bytes:
        """Return the piece that waited; the next one begins."""
        self._waiting.seek(0)
        piece = self._waiting.read()
        self._waiting.seek(0)
        self._waiting.truncate()
        return piece

    def _end(self) -> None:
        self._is_over = True
        self._waiting.close()
