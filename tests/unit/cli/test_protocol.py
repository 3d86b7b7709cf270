"""The bounds on the head of a request, over real connections."""

import asyncio
from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from doorward.api.middleware.begun import in_a_task
from doorward.cli.serving.protocol import UNREAD_BYTES, BoundedProtocol, DirectProtocol
from tests.unit.cli import lines
from tests.unit.cli.lines import HOST, Talk, read_to_the_end, send

pytestmark = pytest.mark.slow

POST = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n"
HEAD = b"GET / HTTP/1.1\r\nhost: localhost\r\n"
CHUNK = b"x" * 65536


LONG = 64 << 20
"""More than all buffers on the way of a connection hold."""


class Hasty(BoundedProtocol):
    head_time = timedelta(milliseconds=50)


class HastyAndDirect(DirectProtocol):
    head_time = timedelta(milliseconds=50)


class Impatient(BoundedProtocol):
    taking_time = timedelta(milliseconds=50)


class ImpatientAndDirect(DirectProtocol):
    taking_time = timedelta(milliseconds=50)


async def tell_length(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"good {len(body)}")(scope, receive, send)


def talk(protocol: type[BoundedProtocol], what: Talk) -> bytes:
    return lines.talk(protocol, tell_length, what)


def test_protocol_head_in_pieces_is_answered_as_often_as_one_comes() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for _ in range(3):
            await send(writer, HEAD, b"x: y\r\n", b"\r\n")
            await reader.readuntil(b"good 0")
        await send(writer, HEAD + b"connection: close\r\n\r\n")
        return await read_to_the_end(reader)

    assert talk(BoundedProtocol, ask).endswith(b"good 0")


@pytest.mark.parametrize("sent", [b"", b"GET /", HEAD, b"\r\n", HEAD + b"\r\n\r\n", HEAD + b"\r\n" + HEAD])
@pytest.mark.parametrize("protocol", [Hasty, HastyAndDirect])
def test_protocol_head_that_does_not_end_in_time_is_hung_up_on(sent: bytes, protocol: type[BoundedProtocol]) -> None:
    async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, sent)
        return await read_to_the_end(reader)

    assert talk(protocol, dawdle).count(b"HTTP/1.1 ") == sent.count(b"\r\n\r\n")


@pytest.mark.parametrize("unit", [CHUNK, b"x: y\r\n" * 10_000], ids=["one field", "many fields"])
def test_protocol_endless_head_is_refused_before_it_fills_the_memory(unit: bytes) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, HEAD + b"x: ", *[unit] * (4 * UNREAD_BYTES // len(unit)))
        return await read_to_the_end(reader)

    assert talk(BoundedProtocol, flood) in (b"", _refusal())


def test_protocol_endless_trailers_are_hung_up_on() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, POST + b"\r\n1\r\na\r\n0\r\n", *[b"x: y\r\n" * 10_000] * 20)
        return await read_to_the_end(reader)

    assert talk(BoundedProtocol, flood) == b""


@lines.BOTH
def test_protocol_trailers_are_no_header_fields(protocol: type[BoundedProtocol]) -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        await tell_length(scope, receive, send)
        seen.extend(scope["headers"])

    trailers = b"x-forwarded-for: 192.0.2.1\r\nauthorization: Bearer x\r\n"
    said = lines.heard(protocol, look, POST + b"connection: close\r\n\r\n1\r\na\r\n0\r\n" + trailers + b"\r\n")

    assert said.endswith(b"good 1")
    assert [name for name, _ in seen] == [b"host", b"transfer-encoding", b"connection"]


@lines.BOTH
def test_protocol_line_ends_with_the_answer_to_who_wants_another_protocol(protocol: type[BoundedProtocol]) -> None:
    wanting = lines.get("/a", HOST + b"connection: upgrade\r\nupgrade: h2c\r\n")

    said = lines.heard(protocol, tell_length, wanting + lines.get("/b"), lines.get("/c"))

    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert b"connection: close\r\n" in said


@lines.BOTH
def test_protocol_what_is_no_request_leaves_the_answer_before_it_alone(protocol: type[BoundedProtocol]) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def tell_slowly(_scope: Scope, _receive: Receive, send: Send) -> None:
        await in_a_task()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        begun.set()
        await goes_on.wait()
        await send({"type": "http.response.body", "body": b"two"})

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, lines.get("/a"))
        await begun.wait()
        await send(writer, b"no request at all\r\n\r\n")
        said = await read_to_the_end(reader)
        goes_on.set()
        return said

    said = lines.talk(protocol, tell_slowly, ask)

    assert said.count(b"HTTP/1.1 ") == 1
    assert said.endswith(b"\r\n3\r\none\r\n")


def test_protocol_long_body_in_short_chunks_reaches_the_application() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, POST + b"connection: close\r\n\r\n", *[b"1\r\na\r\n" * 1000] * 100, b"0\r\n\r\n")
        return await read_to_the_end(reader)

    assert talk(BoundedProtocol, ask).endswith(b"good 100000")


def test_protocol_head_just_within_the_bounds_reaches_the_application() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, HEAD + b"connection: close\r\nx: ", CHUNK, CHUNK, b"\r\n\r\n")
        return await read_to_the_end(reader)

    assert talk(BoundedProtocol, ask).endswith(b"good 0")


@pytest.mark.parametrize("protocol", [Impatient, ImpatientAndDirect])
def test_protocol_answer_that_nobody_reads_is_cut_off(protocol: type[BoundedProtocol]) -> None:
    has_ended = asyncio.Event()

    async def tell_much(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(LONG // len(CHUNK)):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        has_ended.set()

    async def read_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, HEAD + b"\r\n")
        await has_ended.wait()
        return await read_to_the_end(reader)

    assert len(lines.talk(protocol, tell_much, read_late)) < LONG


def _refusal() -> bytes:
    return (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
        b"cache-control: no-store\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    )
