"""Running an application until a signal comes."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn

from doorward import Application
from doorward.api.app import Api
from doorward.cli.serving.protocol import BoundedProtocol, DirectProtocol

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOOK_SECONDS: Final = 0.05
_LOOKS: Final = 20
"""How often it is looked whether those who connected last of all have asked: for a second."""


class _Server(uvicorn.Server):
    """Says when it is ready. The first signal lets requests be answered and ends the server, the second one at once.

    Where it is to take its leave, it goes on answering for a while after the first signal, and lets each answer be the
    last of its connection. When it closes its port then, no connection is left that anybody might just be asking on.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_ready: Callable[[], None],
        on_leave: Callable[[], None],
        leaves_for_seconds: float,
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_leave = on_leave
        self._leaves_for_seconds = leaves_for_seconds
        self._is_told = False
        self._ends_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Look, ten times a second, whether to begin to leave, and whether that is over."""
        if self._is_told and self.started:
            now = asyncio.get_running_loop().time()
            if self._ends_at is None:
                self._on_leave()
                self._ends_at = now + self._leaves_for_seconds
            self.should_exit = self.should_exit or now >= self._ends_at
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the port, answer whoever had come through before, and end."""
        if self._ends_at is not None and not self.force_exit:
            await self._close(sockets or [])
        await super().shutdown(sockets)

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
        self.force_exit = self._is_told or self.should_exit
        self._is_told = True
        if self.force_exit or not self._leaves_for_seconds:
            super().handle_exit(sig, frame)

    async def _close(self, sockets: list[socket.socket]) -> None:
        """Stop listening without hanging up on whoever the system has let in already, and wait until they have asked.

        The loop's own listener looks at its port now and then, and closing it resets who came in between. So the port
        is kept open beside it for the moment that it takes to let those in.
        """
        kept = [each.dup() for each in sockets]
        for server in self.servers:
            server.close()
        late = [connection for each in kept for connection in _waiting(each)]
        for each in kept:
            each.close()
        loop = asyncio.get_running_loop()
        for connection in late:
            await loop.connect_accepted_socket(self._protocol, connection)
        for _ in range(_LOOKS):
            if not self._has_unasked():
                break
            await asyncio.sleep(_LOOK_SECONDS)

    def _protocol(self) -> BoundedProtocol:
        kind = protocol_of(self.config.app)
        return kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state, _loop=None)

    def _has_unasked(self) -> bool:
        """Tell whether somebody has connected and not asked for anything yet."""
        return any(
            isinstance(connection, BoundedProtocol) and not connection.has_asked
            for connection in self.server_state.connections
        )


def _waiting(listening: socket.socket) -> Iterator[socket.socket]:
    """Yield the connections that the system has let in and nobody has taken."""
    listening.settimeout(0)
    while True:
        try:
            yield listening.accept()[0]
        except BlockingIOError:
            return


def protocol_of(app: object) -> type[BoundedProtocol]:
    """Return what reads requests for an application: ours may be asked outside of a task, others may not."""
    return DirectProtocol if isinstance(app, Api) else BoundedProtocol


def configured(app: Application, *, ends_within_seconds: int) -> uvicorn.Config:
    """Return how an application is served: what is begun at the end is answered within so many seconds."""
    return uvicorn.Config(
        app,
        http=protocol_of(app),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=ends_within_seconds,
    )


def run(app: Api, listening: socket.socket, *, on_ready: Callable[[], None], leaves_for_seconds: float) -> bool:
    """Serve until a signal comes, and tell whether a second one cut the end short.

    For `leaves_for_seconds` after the first signal the server goes on, and tells gateways to go elsewhere.
    """
    server = _Server(
        configured(app, ends_within_seconds=10),
        on_ready=on_ready,
        on_leave=app.front.leave,
        leaves_for_seconds=leaves_for_seconds,
    )
    server.run(sockets=[listening])
    return server.force_exit
