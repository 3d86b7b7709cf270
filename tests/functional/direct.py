"""HTTP without sockets: a request is handed to the application on a loop in another thread, as a server has it."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from functools import partial
from threading import Event, Thread
from types import TracebackType
from typing import Final
from urllib.parse import unquote

from httpx2 import BaseTransport, Request, Response, SyncByteStream
from starlette.types import ASGIApp, Message, Scope

from doorward.api.middleware.answering import WHOLE
from doorward.api.middleware.begun import Begun

_PORT: Final = 443
_WAITING: Final[set[asyncio.Task[None]]] = set()
_BODIES: Final = 64
"""How many bodies may wait for a test at the same time."""


class Direct(BaseTransport):
    """Carries requests to an application, and whole answers back.

    As our server does it, an answer begins outside of any task, and goes on in one when something must be waited for.
    It may come whole, in one message; not so where `extensions` are none, as other servers have it.

    Starlette's test client crosses between the threads eight times a request, which costs more than most requests do;
    this crosses once.
    """

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self._app = app
        self._loop = loop
        self._client = (address, 50000)
        self.extensions: dict[str, dict[object, object]] = {WHOLE: {}}

    def handle_request(self, request: Request) -> Response:
        """Return the answer to a request; what the application raises after it began to answer stays with it."""
        assert isinstance(request.stream, SyncByteStream)
        exchange = _Exchange(iter(request.stream), is_chunked="transfer-encoding" in request.headers)
        self._loop.call_soon_threadsafe(_begin, exchange.of(self._app, self._scope(request)))
        exchange.is_served.wait()
        if exchange.error is not None and not exchange.is_answered:
            raise exchange.error
        body = b"" if request.method == "HEAD" else b"".join(exchange.body)
        return Response(exchange.status, headers=exchange.headers, content=body, request=request)

    def _scope(self, request: Request) -> Scope:
        url = request.url
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.partition(b"?")[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (url.host, url.port or _PORT),
            "extensions": self.extensions,
            "state": {},
        }


def _begin(answering: Coroutine[object, object, None]) -> None:
    context = Context()
    try:
        waits_for = context.run(answering.send, None)
    except StopIteration:
        return
    task = asyncio.get_running_loop().create_task(Begun(answering, waits_for), context=context)
    _WAITING.add(task)
    task.add_done_callback(_WAITING.discard)


class _Exchange:
    """One request and its answer, piece by piece."""

    def __init__(self, pieces: Iterator[bytes], *, is_chunked: bool) -> None:
        self._pieces = pieces
        self._is_chunked = is_chunked
        self._is_sent = False
        self._is_over = asyncio.Event()
        self.is_answered = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []
        self.is_served = Event()
        self.error: BaseException | None = None

    async def of(self, app: ASGIApp, scope: Scope) -> None:
        """Let an application answer, and keep what it raises."""
        with self:
            await app(scope, self._receive, self._send)

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.error = error
        self.is_served.set()
        return True

    async def _receive(self) -> Message:
        if self._is_sent:
            await self._is_over.wait()
            return {"type": "http.disconnect"}
        try:
            # A body of unknown length comes as a test makes it, which may wait for something, or ask something else.
            step = partial(next, self._pieces, None)
            piece = await asyncio.to_thread(step) if self._is_chunked else step()
        except ConnectionError:  # whoever sends goes away in the middle
            self._is_sent = True
            return {"type": "http.disconnect"}
        self._is_sent = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def _send(self, message: Message) -> None:
        if message["type"] == WHOLE:
            assert not self.is_answered
            self.is_answered, self.status = True, message["status"]
            self.headers = [*message["headers"], *message["kept"]]
        elif message["type"] == "http.response.start":
            assert not self.is_answered
            self.is_answered, self.status, self.headers = True, message["status"], list(message["headers"])
            return
        assert not self._is_over.is_set()
        self.body.append(bytes(message.get("body", b"")))
        if not message.get("more_body", False):
            self._is_over.set()


@contextmanager
def a_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop in a thread of its own for a while."""
    loop, is_over = asyncio.new_event_loop(), asyncio.Event()
    loop.set_default_executor(ThreadPoolExecutor(_BODIES))
    # As long as one task lasts for all, what the framework does in threads of its own finds them again.
    thread = Thread(target=loop.run_until_complete, args=(is_over.wait(),), daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()
