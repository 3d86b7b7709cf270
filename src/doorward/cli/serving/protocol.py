"""How requests are read off a connection: as uvicorn does it, with bounds on the head, which it has none for.

A head and the trailers of a body are held in memory until they end, and no application is asked about them: without
bounds one caller could fill the memory, or keep every connection, before anything of ours has seen a request.

What uvicorn does for each request is done here with less: an application is asked when all has been read that came, so
that it mostly finds a short body whole.
"""

from asyncio import TimerHandle, Transport
from collections import deque
from collections.abc import Coroutine
from contextvars import copy_context
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import unquote

import httptools
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from doorward.api.middleware.answering import WHOLE
from doorward.api.middleware.begun import Begun
from doorward.cli.serving.exchange import Exchange

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
    """Hangs up on whoever sends no head, or no end of it, in time, too much that leads to nothing, or never reads.

    Each request has a context of its own, in which nothing is left of the one before it on the connection.

    Of requests that come before their predecessor is answered, one is begun in each round of the loop: what one caller
    sends at once keeps nobody else from being answered. There are no WebSockets, and no limit of uvicorn's own.
    """

    head_time: ClassVar[timedelta] = HEAD_TIME
    taking_time: ClassVar[timedelta] = TAKING_TIME
    extensions: ClassVar[dict[str, dict[object, object]]] = {}
    cycle: Exchange
    _answering: Exchange | None = None
    _unread_bytes: int = 0
    has_asked: bool = False
    _has_read: bool = False
    _patience: TimerHandle | None = None
    _until_taken: TimerHandle | None = None
    _idle_since: float | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as the parent has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._asked: deque[Exchange] = deque()
        self._context = copy_context()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        self._let_be_taken()
        self._asked.clear()
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

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
        if self._asked:
            self._answer_next()

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Have the head."""
        self._has_read = self.has_asked = True
        self._stop_waiting()
        version = self.parser.get_http_version()
        # What comes behind a request that asks for another protocol is not read, so the line ends with its answer.
        keep_alive = version != "1.0" and self.parser.should_keep_alive() and not self.parser.should_upgrade()
        self.cycle = Exchange(self._scope(version), self, keep_alive=keep_alive)
        self.headers = []  # the trailers of a body are no header fields (RFC 9110 section 6.5.1), and go nowhere
        if self._asked or not self._is_free():
            self.flow.pause_reading()
        self._asked.append(self.cycle)

    def _scope(self, version: str) -> HTTPScope:
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": self.parser.get_method().decode("ascii"),
            "root_path": self.root_path,
            "path": self.root_path + (unquote(path) if "%" in path else path),
            "raw_path": self.root_path.encode("ascii") + url.path,
            "query_string": url.query or b"",
            "headers": self.headers,
            "state": self.app_state.copy(),
            "extensions": self.extensions,
        }

    def on_body(self, body: bytes) -> None:
        """Have some of the body."""
        self._has_read = True
        if self.cycle.response_complete:
            return
        self.cycle.take(body)
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        """Have the end."""
        self._has_read = True
        if not self.cycle.response_complete:
            self.cycle.end()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request; in the middle of an answer it would be taken for a part of that."""
        if self._is_free():
            super().send_400_response(msg)
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self._asked:
            self.loop.call_soon(self._answer_next)
            return
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def timeout_keep_alive_handler(self) -> None:
        """Hang up on whoever has asked nothing for too long. One timer is set for many requests, and looks again."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _answer_next(self) -> None:
        """Have the next request answered, unless one is being answered."""
        if not self._asked or not self._is_free():
            return
        if self.transport.is_closing():
            self._asked.clear()
            return
        exchange = self._answering = self._asked.popleft()
        if not self._asked and len(exchange.body) <= HIGH_WATER_LIMIT:
            self.flow.resume_reading()
        self._begin(exchange)

    def _is_free(self) -> bool:
        return self._answering is None or self._answering.response_complete

    def _begin(self, exchange: Exchange) -> None:
        task = self.loop.create_task(exchange.run_asgi(self.app), context=self._context.copy())
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

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


class DirectProtocol(BoundedProtocol):
    """Begins an answer right where the request was read, and makes a task only for what must wait for something.

    The application must know that: before it does what needs a task, it sees to it that it has one. Whole answers are
    taken of it, which a middleware that stood in between would not know.
    """

    extensions: ClassVar[dict[str, dict[object, object]]] = {WHOLE: {}}

    def _begin(self, exchange: Exchange) -> None:
        answering: Coroutine[object, object, None] = exchange.run_asgi(self.app)
        context = self._context.copy()
        exchange.holds_head = True
        try:
            waits_for = context.run(answering.send, None)
        except StopIteration:
            return
        exchange.let_go()
        task = self.loop.create_task(Begun(answering, waits_for), context=context)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
