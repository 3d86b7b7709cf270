"""Answers that begin right where a request was read, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from doorward.api.middleware.begun import in_a_task
from doorward.cli.serving.protocol import BoundedProtocol, DirectProtocol
from tests.unit.cli.lines import (
    BOTH,
    HOST,
    LAST,
    PATIENCE,
    Address,
    answering,
    get,
    heard,
    read_to_the_end,
    say,
    send,
    talk,
    until,
)

pytestmark = pytest.mark.slow

SEEN: ContextVar[str] = ContextVar("seen", default="nothing")


async def read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what was asked, and whether a task was needed for it."""
    body = await read(receive)
    task = "alone" if asyncio.current_task() is None else "in a task"
    await say(send, f"{scope['method']} {scope['path']} {len(body)} {task}")


async def remember(scope: Scope, _: Receive, send: Send) -> None:
    """Tell what the context of this request holds, leave something there, and wait if the path says so."""
    seen = SEEN.get()
    SEEN.set(scope["path"])
    if scope["path"].startswith("/wait"):
        await in_a_task()
    await say(send, f"found {seen}, left {SEEN.get()}")


async def limit(_: Scope, __: Receive, send: Send) -> None:
    """Answer within a limit of time, which only a task can have."""
    await in_a_task()
    async with asyncio.timeout(60):
        await say(send, "in time")


async def fail(scope: Scope, _: Receive, __: Send) -> None:
    if scope["path"] == "/later":
        await in_a_task()
    raise LookupError(scope["path"])


def post(path: str, body: bytes, fields: bytes = LAST) -> tuple[bytes, bytes]:
    return b"POST %b HTTP/1.1\r\n%bcontent-length: %d\r\n\r\n" % (path.encode(), fields, len(body)), body


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((get("/", LAST),), b"GET / 0 alone"),
        ((b"".join(post("/", b"a=b")),), b"POST / 3 alone"),
        ((get("/a%20b%2Fc", LAST),), b"GET /a b/c 0 alone"),
    ],
    ids=["no body", "a body that has come", "an escaped path"],
)
def test_direct_answer_that_waits_for_nothing_needs_no_task(pieces: tuple[bytes, ...], told: bytes) -> None:
    answer = heard(DirectProtocol, echo, *pieces)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nx-kept: a, b\r\n" in answer
    assert answer.endswith(b"\r\n\r\n" + told)


@BOTH
def test_direct_answer_may_limit_its_time_once_it_is_in_a_task(protocol: type[BoundedProtocol]) -> None:
    assert heard(protocol, limit, get("/", LAST)).endswith(b"\r\n\r\nin time")


@BOTH
def test_direct_body_that_comes_later_is_waited_for_in_a_task(protocol: type[BoundedProtocol]) -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head, body = post("/", b"x" * 10, LAST + b"expect: 100-continue\r\n")
        await send(writer, head)
        told = await reader.readuntil(b"\r\n\r\n")
        await send(writer, body[:4])
        await send(writer, body[4:])
        return told + await read_to_the_end(reader)

    answer = talk(protocol, echo, ask)

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"POST / 10 in a task")


@BOTH
def test_direct_nothing_that_a_request_leaves_in_its_context_reaches_the_next(
    protocol: type[BoundedProtocol],
) -> None:
    paths = ["/a", "/wait/b", "/c"]
    sent = b"".join(map(get, paths)) + get("/d", LAST)

    answer = heard(protocol, remember, sent)

    assert answer.count(b"found nothing, left ") == 4
    assert [each[1:].split(b"HTTP")[0].decode() for each in answer.split(b"left ")[1:]] == ["a", "wait/b", "c", "d"]


@BOTH
@pytest.mark.parametrize("path", ["/at-once", "/later"])
def test_direct_application_that_fails_is_answered_for_and_the_next_one_served(
    path: str, protocol: type[BoundedProtocol]
) -> None:
    async def run() -> tuple[bytes, bytes]:
        async with answering(protocol, fail) as (address, _):
            answers = []
            for _ in range(2):
                async with connected(address) as (reader, writer):
                    await send(writer, get(path))
                    answers.append(await asyncio.wait_for(read_to_the_end(reader), PATIENCE))
            return answers[0], answers[1]

    for answer in asyncio.run(run()):
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b"LookupError" not in answer


@BOTH
def test_direct_many_requests_at_once_are_answered_in_order(protocol: type[BoundedProtocol]) -> None:
    count = 1500  # more than the stack is deep
    sent = b"".join(get(f"/{number}") for number in range(count)) + get("/last", LAST)

    answer = heard(protocol, echo, sent)

    told = [each.split(b" ", 1)[0] for each in answer.split(b"\r\n\r\nGET ")[1:]]
    assert told == [b"/%d" % number for number in range(count)] + [b"/last"]


def test_direct_many_requests_at_once_keep_nobody_else_from_being_answered() -> None:
    order: list[str] = []

    async def note(scope: Scope, _: Receive, send: Send) -> None:
        order.append(scope["path"])
        await say(send, "noted")

    async def run() -> None:
        async with (
            answering(DirectProtocol, note) as (address, _),
            connected(address) as (_, crowd),
            connected(address) as (reader, writer),
        ):
            crowd.write(get("/many") * 2000 + get("/many", LAST))
            writer.write(get("/one"))
            await asyncio.wait_for(reader.readuntil(b"noted"), PATIENCE)

    asyncio.run(run())

    assert order.index("/one") < 100


@BOTH
def test_direct_whoever_goes_away_is_noticed_by_whoever_waits(protocol: type[BoundedProtocol]) -> None:
    noticed: list[str] = []

    async def run() -> None:
        has_asked, has_gone = asyncio.Event(), asyncio.Event()

        async def wait(_: Scope, receive: Receive, __: Send) -> None:
            await receive()
            has_asked.set()
            noticed.append((await receive())["type"])
            has_gone.set()

        async with answering(protocol, wait) as (address, _):
            async with connected(address) as (_, writer):
                await send(writer, get("/"))
                await asyncio.wait_for(has_asked.wait(), PATIENCE)
            await asyncio.wait_for(has_gone.wait(), PATIENCE)

    asyncio.run(run())

    assert noticed == ["http.disconnect"]


@BOTH
def test_direct_server_that_ends_waits_for_whoever_is_being_answered(protocol: type[BoundedProtocol]) -> None:
    async def run() -> bytes:
        may_go_on = asyncio.Event()

        async def wait(_: Scope, __: Receive, send: Send) -> None:
            await may_go_on.wait()
            await say(send, "after all")

        async with answering(protocol, wait) as (address, server), connected(address) as (reader, writer):
            await send(writer, get("/"))
            await until(lambda: server.server_state.tasks)
            server.should_exit = True
            await until(lambda: not is_open(server))
            may_go_on.set()
            return await asyncio.wait_for(read_to_the_end(reader), PATIENCE)

    answer = asyncio.run(run())

    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"after all")


def is_open(server: uvicorn.Server) -> bool:
    return any(each.is_serving() for each in server.servers)


@BOTH
def test_direct_server_that_may_wait_no_longer_cancels_whoever_waits(protocol: type[BoundedProtocol]) -> None:
    ended: list[str] = []

    async def wait(_: Scope, __: Receive, ___: Send) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def run() -> None:
        async with (
            answering(protocol, wait, ends_within_seconds=0) as (address, server),
            connected(address) as (_, writer),
        ):
            await send(writer, get("/"))
            await until(lambda: server.server_state.tasks)
            server.should_exit = True
            await until(lambda: ended)

    asyncio.run(run())

    assert ended == ["cancelled"]


@BOTH
def test_direct_head_does_not_wait_for_a_body_that_takes_its_time(protocol: type[BoundedProtocol]) -> None:
    async def run() -> bytes:
        may_go_on = asyncio.Event()

        async def stream(_: Scope, __: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await may_go_on.wait()
            await send({"type": "http.response.body", "body": b"slowly", "more_body": True})
            await send({"type": "http.response.body"})

        async with answering(protocol, stream) as (address, _), connected(address) as (reader, writer):
            await send(writer, get("/", LAST))
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            may_go_on.set()
            return head + await asyncio.wait_for(read_to_the_end(reader), PATIENCE)

    answer = asyncio.run(run())

    assert b"\r\ntransfer-encoding: chunked\r\n" in answer
    assert answer.endswith(b"\r\n\r\n6\r\nslowly\r\n0\r\n\r\n")


@BOTH
def test_direct_head_alone_has_the_fields_and_no_body(protocol: type[BoundedProtocol]) -> None:
    answer = heard(protocol, echo, b"HEAD / HTTP/1.1\r\n" + LAST + b"\r\n")

    assert b"\r\ncontent-length: " in answer
    assert answer.endswith(b"\r\n\r\n")
    assert b"HEAD /" not in answer


@BOTH
@pytest.mark.parametrize(
    "field",
    [(b"x-a", b"b\r\nset-cookie: c=d"), (b"x-a", b"b\x00"), (b"x-a: b\r\nset-cookie", b"c=d"), (b"x a", b"b")],
)
def test_direct_field_that_could_be_taken_for_more_is_never_written(
    field: tuple[bytes, bytes], protocol: type[BoundedProtocol]
) -> None:
    async def split(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0"), field]})
        await send({"type": "http.response.body"})

    assert heard(protocol, split, get("/")) == b""


@BOTH
@pytest.mark.parametrize("length", [1, 9])
def test_direct_body_of_another_length_than_said_ends_the_connection(
    length: int, protocol: type[BoundedProtocol]
) -> None:
    async def miscount(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"%d" % length)]})
        await send({"type": "http.response.body", "body": b"body"})

    assert b"HTTP/1.1 200 OK" not in heard(protocol, miscount, get("/") * 2)[1:]


@BOTH
def test_direct_request_with_rubbish_behind_it_is_refused_and_not_carried_out(
    protocol: type[BoundedProtocol],
) -> None:
    carried_out: list[str] = []

    async def note(scope: Scope, _: Receive, send: Send) -> None:
        carried_out.append(scope["path"])
        await say(send, "done")

    answer = heard(protocol, note, b"".join(post("/", b"", HOST)) + b"\x00\x01rubbish\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert carried_out == []
