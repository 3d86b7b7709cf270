"""Connections to a server that runs on a loop of its own for one test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Send

from doorward.cli.serving.protocol import BoundedProtocol, DirectProtocol

PATIENCE = 20.0
KINDS = [BoundedProtocol, DirectProtocol]
BOTH = pytest.mark.parametrize("protocol", KINDS)
HOST = b"host: localhost\r\n"
LAST = HOST + b"connection: close\r\n"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]
Address = tuple[str, int]


@asynccontextmanager
async def answering(
    protocol: type[BoundedProtocol], app: ASGIApp, *, ends_within_seconds: int = 5
) -> AsyncIterator[tuple[Address, uvicorn.Server]]:
    """Let an application answer while the block runs, and end the server with it."""
    config = uvicorn.Config(
        app,
        http=protocol,
        log_config=None,
        lifespan="off",
        timeout_keep_alive=1,
        timeout_graceful_shutdown=ends_within_seconds,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname(), server
        finally:
            server.should_exit = True
            await serving


def talk(protocol: type[BoundedProtocol], app: ASGIApp, what: Talk) -> bytes:
    """Return what is heard on a connection."""

    async def run() -> bytes:
        async with answering(protocol, app) as (address, _):
            reader, writer = await asyncio.open_connection(*address)
            try:
                return await asyncio.wait_for(what(reader, writer), PATIENCE)
            finally:
                writer.close()

    return asyncio.run(run())


async def send(writer: asyncio.StreamWriter, *pieces: bytes) -> None:
    """Send, as long as somebody listens."""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        return


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the connection ends."""
    answer = b""
    try:
        while piece := await reader.read(65536):
            answer += piece
    except ConnectionError:
        return answer
    return answer


async def until(condition: Callable[[], object]) -> None:
    """Return when something has become true of which nobody tells."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 (no event tells of a server's state)
            await asyncio.sleep(0.001)


def heard(protocol: type[BoundedProtocol], app: ASGIApp, *pieces: bytes) -> bytes:
    """Return all that is heard when these pieces are sent one after another, each once the one before has come."""

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await send(writer, *pieces)
        return await read_to_the_end(reader)

    return talk(protocol, app, ask)


def get(path: str, fields: bytes = HOST) -> bytes:
    """Return a request for a path."""
    return b"GET %b HTTP/1.1\r\n%b\r\n" % (path.encode(), fields)


async def say(send: Send, text: str, *, status: int = 200) -> None:
    """Answer with a text, in two messages."""
    body = text.encode()
    fields = [(b"content-length", b"%d" % len(body)), (b"x-kept", b"a, b")]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
