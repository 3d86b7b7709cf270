"""Running an application until a signal comes."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn

from doorward import Application
from doorward.api.app import Api
from doorward.cli.protocol import BoundedProtocol

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """Says when it is ready. The first signal lets requests be answered and ends the server, the second one at once."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals inside the block, and end well: whoever asked for the end need not hear of it as a failure."""
        before = {each: signal.signal(each, self.handle_exit) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)


def configured(app: Application, *, ends_within_seconds: int) -> uvicorn.Config:
    """Return how an application is served: what is begun at the end is answered within so many seconds."""
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=ends_within_seconds,
    )


def run(app: Api, listening: socket.socket, *, on_ready: Callable[[], None]) -> bool:
    """Serve until a signal comes, and tell whether a second one cut the end short."""
    server = _Server(configured(app, ends_within_seconds=10), on_ready)
    server.run(sockets=[listening])
    return server.force_exit
