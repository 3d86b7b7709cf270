"""A listener for metrics alone, on a port that the outside does not reach."""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

from doorward.core.kernel.errors import Refusal
from doorward.telemetry.metrics import CONTENT_TYPE

_PATH: Final = "/metrics"
_READY_PATH: Final = "/readyz"
_STOP_NOTICED_AFTER_SECONDS: Final = 0.1


class MetricsListener:
    """Answers `GET /metrics` from a thread of its own, `GET /readyz` where it is told how, and nothing else.

    `render` returns the figures, `is_ready` tells whether the process does its work; where one refuses, the answer is
    503.
    Raises: OSError, when the address cannot be had.
    """

    def __init__(
        self, host: str, port: int, render: Callable[[], bytes], *, is_ready: Callable[[], bool] | None = None
    ) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(render, is_ready))
        self._server.daemon_threads = True
        serving = {"poll_interval": _STOP_NOTICED_AFTER_SECONDS}
        self._thread = Thread(target=self._server.serve_forever, name="metrics", kwargs=serving, daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.server_port

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and give the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def _handler(render: Callable[[], bytes], is_ready: Callable[[], bool] | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one connection."""

        timeout = 10
        server_version = "doorward"
        sys_version = ""

        def do_GET(self) -> None:
            """Answer the paths that there are."""
            path = self.path.partition("?")[0]
            try:
                if path == _PATH:
                    self._answer(render(), CONTENT_TYPE)
                elif path != _READY_PATH or is_ready is None:
                    self.send_error(HTTPStatus.NOT_FOUND)
                elif is_ready():
                    self._answer(b"ready\n", "text/plain; charset=utf-8")
                else:
                    self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            except (Refusal, OSError):
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)

        def _answer(self, body: bytes, content_type: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, _format: str, *_values: object) -> None:
            """Write nothing: a scrape is no event."""

    return Handler
