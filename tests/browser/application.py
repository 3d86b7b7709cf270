"""An application on another site: a page that people start from, and one that they come back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Application:
    """What the application shows, and what it was told. Its pages have no script and no cookie."""

    base: str
    start: str = ""
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def callback(self) -> str:
        """Where answers go."""
        return f"{self.base}/back"

    @property
    def answer(self) -> dict[str, str]:
        """The last answer."""
        return self.told[-1][1]


@contextmanager
def an_application() -> Iterator[Application]:
    """Run an application for a while, on an address that is another site than the server's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/back":
                self.take("GET", parts.query)
            else:
                self.show(application.start)

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            self.take("POST", self.rfile.read(length).decode())

        def take(self, method: str, answer: str) -> None:
            application.told.append((method, dict(parse_qsl(answer))))
            self.show('<p id="welcome">Welcome back</p>')

        def show(self, body: str) -> None:
            page = f"<!doctype html><html lang=en><title>Application</title><link rel=icon href=data:,>{body}".encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        application = Application(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield application
        server.shutdown()
        thread.join()
