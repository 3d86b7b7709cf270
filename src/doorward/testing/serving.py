"""A twin on a port of this machine, for browsers and whatever else needs a socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from doorward.cli.running import configured

LOOPBACK: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 10.0


class _Server(uvicorn.Server):
    """Says when it is ready, or that it never will be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_settled = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        try:
            await super().startup(sockets)
        finally:
            self.is_settled.set()


@contextmanager
def a_port() -> Iterator[socket.socket]:
    """Take a free port of this machine, for as long as the block runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen()
        yield listening


@contextmanager
def answering(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Let an application live and answer in a thread of its own, for as long as the block runs.

    Raises: RuntimeError, when it does not come to life.
    """
    server = _Server(configured(app, ends_within_seconds=1))
    thread = Thread(target=server.run, args=([listening],), name="doorward-served", daemon=True)
    thread.start()
    server.is_settled.wait(_PATIENCE_SECONDS)
    try:
        if not server.started:
            raise RuntimeError("the application did not come to life; what it said stands in the log")
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_SECONDS)
