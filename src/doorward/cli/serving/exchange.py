"""One request on a connection, and its answer on the way out."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent, HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from doorward.api.middleware.answering import WHOLE, WholeAnswer

Fields = Iterable[tuple[bytes, bytes]]

_OF_NAMES: Final = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
"""What names of fields are made of, in lower case (RFC 9110 section 5.6.2)."""

_OF_VALUES: Final = bytes(range(256)).translate(None, bytes((*range(9), *range(10, 32), 127)))
"""What values of fields are made of (RFC 9110 section 5.5); above all no end of a line."""

_COUNT: Final = frozenset({b"connection", b"content-length", b"transfer-encoding"})
"""Fields that say how far an answer goes, and whether another one follows on its connection."""

_BODILESS: Final = frozenset({204, 304})
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSE: Final = b"connection: close\r\n"
_CHUNKED: Final = b"transfer-encoding: chunked\r\n"
_NOTHING: Final = b""


class Exchange(RequestResponseCycle):
    """What uvicorn's own cycle does, with less work.

    The fields of an answer are looked at together. An answer that is given before anything is waited for is written in
    one piece, and nobody is woken for it. While `holds_head`, the head waits for the first piece of the body.
    """

    def __init__(self, scope: HTTPScope, line: HttpToolsProtocol, *, keep_alive: bool) -> None:
        self.scope = scope
        self.transport = line.transport
        self.flow = line.flow
        self.logger = line.logger
        self.default_headers = line.server_state.default_headers
        self.on_response = line.on_response_complete
        self.keep_alive = keep_alive
        self.waiting_for_100_continue = line.expect_100_continue
        self.body = bytearray()
        self.more_body = True
        self.disconnected = self.response_started = self.response_complete = False
        self.chunked_encoding = None
        self.expected_content_length = 0
        self.holds_head = False
        self._head = _NOTHING
        self._has_news = False
        self._event: asyncio.Event | None = None

    @property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]  # made when it is first waited for
        """What wakes whoever waits for more of the request."""
        if self._event is None:
            self._event = asyncio.Event()
        return self._event

    def take(self, body: bytes) -> None:
        """Have some of the body."""
        self.body += body
        self._wake()

    def end(self) -> None:
        """Have the whole request."""
        self.more_body = False
        self._wake()

    def let_go(self) -> None:
        """Write the head, if it is held, and hold it no longer."""
        self.holds_head = False
        if self._head and not self.disconnected:
            self.transport.write(self._head)
        self._head = _NOTHING

    async def receive(self) -> ASGIReceiveEvent:
        """Return what has come of the body, or wait for it."""
        if self.waiting_for_100_continue and not self.transport.is_closing():
            self.transport.write(_CONTINUE)
            self.waiting_for_100_continue = False
        if not self.disconnected and not self.response_complete:
            self.flow.resume_reading()
            if not self._has_news:
                await self.message_event.wait()
                self.message_event.clear()
            self._has_news = False
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: ASGISendEvent | WholeAnswer) -> None:
        """Write a part of the answer, or all of it.

        Raises: RuntimeError, when it is none, or not the next one.
        """
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if not self.response_started:
            if message["type"] == WHOLE:
                self._head = self._begin(message["status"], message["headers"], message["kept"])
                self._go_on(message["body"], is_last=True)
                return
            if message["type"] != "http.response.start":
                raise RuntimeError(f"an answer begins with http.response.start, not with {message['type']}")
            head = self._begin(message["status"], message.get("headers", ()))
            if self.holds_head:
                self._head = head
            else:
                self.transport.write(head)
        elif self.response_complete or message["type"] != "http.response.body":
            raise RuntimeError(f"{message['type']} came where it has no place in an answer")
        else:
            self._go_on(message.get("body", b""), is_last=not message.get("more_body", False))

    def _begin(self, status: int, fields: Fields, kept: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        """Return the head."""
        self.response_started = True
        self.waiting_for_100_continue = False
        lines = self._lines([*self.default_headers, *fields])
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in _BODILESS:
            self.chunked_encoding = True
            lines += _CHUNKED
        return b"%b%b%b\r\n" % (STATUS_LINE[status], lines, _kept_lines(kept))

    def _lines(self, fields: list[tuple[bytes, bytes]]) -> bytes:
        """Return the lines of fields, and note what they say of the answer.

        Raises: RuntimeError, when one could be taken for something else than a field.
        """
        says_close = False
        for name, value in fields:
            if name.lower() in _COUNT:
                says_close |= self._note(name.lower(), value.lower())
        lines = _written(fields)
        return lines if self.keep_alive or says_close else lines + _CLOSE

    def _note(self, name: bytes, value: bytes) -> bool:
        """Take note of a field that counts, and tell whether it says that the connection ends."""
        if name == b"connection":
            if b"close" not in [token.strip() for token in value.split(b",")]:
                return False
            self.keep_alive = False
            return True
        if name == b"content-length" and self.chunked_encoding is None:
            self.expected_content_length = int(value)
            self.chunked_encoding = False
        elif name == b"transfer-encoding" and value == b"chunked":
            self.expected_content_length = 0
            self.chunked_encoding = True
        return False

    def _go_on(self, body: bytes, *, is_last: bool) -> None:
        if self.scope["method"] == "HEAD":
            self.expected_content_length, piece = 0, _NOTHING
        elif self.chunked_encoding:
            piece = (b"%x\r\n%b\r\n" % (len(body), body) if body else _NOTHING) + (
                b"0\r\n\r\n" if is_last else _NOTHING
            )
        else:
            piece = body
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0:
                raise RuntimeError("an answer is longer than its content-length")
        if self._head:
            piece, self._head = self._head + piece, _NOTHING
        if piece:
            self.transport.write(piece)
        if is_last:
            self._complete()

    def _complete(self) -> None:
        if self.expected_content_length:
            raise RuntimeError("an answer is shorter than its content-length")
        self.response_complete = True
        self._wake()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _wake(self) -> None:
        self._has_news = True
        if self._event is not None:
            self._event.set()


def _written(fields: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return the lines of fields.

    Raises: RuntimeError, when one could be taken for something else than a field.
    """
    if b"".join([name for name, _ in fields]).translate(None, _OF_NAMES):
        fields = [(name.lower(), value) for name, value in fields]
        if b"".join([name for name, _ in fields]).translate(None, _OF_NAMES):
            raise RuntimeError("the name of a header field is none")
    if b"".join([value for _, value in fields]).translate(None, _OF_VALUES):
        raise RuntimeError("the value of a header field is none")
    return b"%b\r\n" % b"\r\n".join(map(b": ".join, fields)) if fields else _NOTHING


@lru_cache(maxsize=64)
def _kept_lines(fields: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Return the lines of fields that come again and again.

    Raises: RuntimeError, when one could be taken for something else than a field, or counts.
    """
    if not _COUNT.isdisjoint(name.lower() for name, _ in fields):
        raise RuntimeError("a field that says how far an answer goes cannot be kept")
    return _written(fields)
