"""A listener for metrics alone, on a port that the outside does not reach."""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

from doorward.core.kernel.errors import Refusal
from doorward.telemetry.metrics import CONTENT_TYPE

_PATH: Final = "/metrics"


class MetricsListener:
    """Answers `GET /metrics` from a thread of its own, and nothing else.

    `render` returns the figures; where it refuses, the answer is 503.
    Raises: OSError, when the address cannot be had.
    """

    def __init__(self, host: str, port: int, render: Callable[[], bytes]) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(render))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)

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


def _handler(render: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one connection."""

        timeout = 10
        server_version = "doorward"
        sys_version = ""

        def do_GET(self) -> None:
            """Answer the one path that there is."""
            if self.path.partition("?")[0] != _PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            try:
                figures = render()
            except Refusal:
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("content-type", CONTENT_TYPE)
            self.send_header("content-length", str(len(figures)))
            self.end_headers()
            self.wfile.write(figures)

        def log_message(self, _format: str, *_values: object) -> None:
            """Write nothing: a scrape is no event."""

    return Handler
