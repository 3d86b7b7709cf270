"""A small HTTP client: one keep-alive connection, one request at a time, cheap enough never to be the bottleneck."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from benchmarks.processes import HOST

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"\r\ncontent-length:"
_STATUS: Final = slice(9, 12)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    head: bytes
    body: bytes


def get(path: str, port: int, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a GET request as it goes over the wire."""
    return _request("GET", path, port, headers or {})


def post(path: str, port: int, body: Mapping[str, str], headers: Mapping[str, str] | None = None) -> bytes:
    """Return a POST request with a JSON body as it goes over the wire."""
    raw = json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(headers or {})}
    return _request("POST", path, port, given) + raw


def post_form(path: str, port: int, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> bytes:
    """Return a POST request with a form as it goes over the wire."""
    raw = urlencode(form).encode()
    kind = "application/x-www-form-urlencoded"
    given = {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}
    return _request("POST", path, port, given) + raw


def _request(method: str, path: str, port: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Return a connection to a server on this machine."""
        transport, made = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        made._transport = transport  # noqa: SLF001 (our own: uvloop's transports are no asyncio.Transport to isinstance)
        return made

    def data_received(self, data: bytes) -> None:
        """Hand the answer to whoever waits, when it is whole."""
        self._received += data
        answer = self._whole()
        if answer is not None and self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that no answer will come."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def ask(self, request: bytes) -> Answer:
        """Return the answer to a request.

        Raises: OSError, when the connection is or gets lost.
        """
        if self._transport is None:
            raise ConnectionResetError("the connection is closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def _whole(self) -> Answer | None:
        head_end = self._received.find(_HEAD_END)
        if head_end < 0:
            return None
        head = bytes(self._received[:head_end])
        body_start = head_end + len(_HEAD_END)
        end = body_start + _body_length(head)
        if len(self._received) < end:
            return None
        body = bytes(self._received[body_start:end])
        del self._received[:end]
        return Answer(int(head[_STATUS]), head, body)


def _body_length(head: bytes) -> int:
    found = head.lower().find(_LENGTH)
    if found < 0:
        return 0
    start = found + len(_LENGTH)
    end = head.find(b"\r\n", start)
    return int(head[start : end if end >= 0 else None])
