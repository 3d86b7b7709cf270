"""How requests are read off a connection: as uvicorn does it, with bounds on the head, which it has none for.

A head and the trailers of a body are held in memory until they end, and no application is asked about them: without
bounds one caller could fill the memory, or keep every connection, before anything of ours has seen a request.
"""

from asyncio import TimerHandle, Transport
from datetime import timedelta
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

UNREAD_BYTES: Final = 256 * 1024
"""Far above what the doors accept, so that they refuse in their own words whatever is not an attack."""

HEAD_TIME: Final = timedelta(seconds=10)

TAKING_TIME: Final = timedelta(minutes=4)
"""How long what was written may wait for whoever reads it: 256 KiB, as files come, at 1 KiB a second."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"cache-control: no-store\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Hangs up on whoever sends no head, or no end of it, in time, too much that leads to nothing, or never reads."""

    head_time: ClassVar[timedelta] = HEAD_TIME
    _unread_bytes: int = 0
    has_asked: bool = False
    _has_read: bool = False
    taking_time: ClassVar[timedelta] = TAKING_TIME
    _patience: TimerHandle | None = None
    _until_taken: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as the parent has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        self._let_be_taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Let what was written be taken first, but not for ever: hanging up as usual would wait for it too."""
        super().pause_writing()
        self._until_taken = self.loop.call_later(self.taking_time.total_seconds(), self.transport.abort)

    def resume_writing(self) -> None:
        """Write on."""
        self._let_be_taken()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read on; what has led to no head, no body and no end yet, as in a head or in trailers, is counted."""
        self._has_read = False
        super().data_received(data)
        is_idle = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # None at first
        if is_idle:
            self._wait()
        self._unread_bytes = 0 if self._has_read else self._unread_bytes + len(data)
        if self._unread_bytes > UNREAD_BYTES:
            self._hang_up(_TOO_LARGE if is_idle else b"")

    def on_headers_complete(self) -> None:
        """Have the head."""
        self._has_read = self.has_asked = True
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Have some of the body."""
        self._has_read = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Have the end."""
        self._has_read = True
        super().on_message_complete()

    def _let_be_taken(self) -> None:
        if self._until_taken is not None:
            self._until_taken.cancel()
            self._until_taken = None

    def _wait(self) -> None:
        if self._patience is None and not self.transport.is_closing():
            self._patience = self.loop.call_later(self.head_time.total_seconds(), self._hang_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self, last_words: bytes = b"") -> None:
        self._stop_waiting()
        self.transport.write(last_words)
        self.transport.close()
