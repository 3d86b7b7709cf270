"""Applications of a single page, on origins of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

import httpx2

_PAGE: Final = """<!doctype html><html lang="en"><title>Application</title><link rel="icon" href="data:,">
<p id="who"></p><script type="module">{script}</script>"""


@dataclass
class SinglePage:
    """The application's address, and the script of its page: that of its own file, where it has one."""

    base: str
    folder: Path
    script: str = ""


@contextmanager
def a_single_page(folder: Path, host: str = "localhost") -> Iterator[SinglePage]:
    """Run an application for a while. `127.0.0.1` is another site than that of the server, `localhost` the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = urlsplit(self.path).path.removeprefix("/")
            file, page = folder / name, folder / "index.html"
            if file.is_file():
                self.show(file.read_bytes(), guess_type(name)[0] or "application/octet-stream")
            elif page.is_file():
                self.show(page.read_bytes(), "text/html")
            else:
                self.show(_PAGE.format(script=application.script).encode(), "text/html")

        def show(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        application = SinglePage(f"http://{host}:{server.server_address[1]}", folder)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield application
        server.shutdown()
        thread.join()


def wait_until_known(issuer: str, origin: str) -> None:
    """Return when a server lets an origin send it credentials; it looks every ten seconds which are registered.

    Raises: AssertionError.
    """
    asks = {"origin": origin, "access-control-request-method": "POST"}
    never = Event()
    for _ in range(100):
        if "access-control-allow-origin" in httpx2.options(f"{issuer}/oauth/browser/token", headers=asks).headers:
            return
        never.wait(0.2)
    raise AssertionError(f"{origin} stays unknown")
