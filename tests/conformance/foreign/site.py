"""A site without a server side: one page with a script at every address, as single-page applications are delivered."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from tests.conformance.foreign.libraries import FOLDER, modules

_PAGE: Final = (
    b"<!doctype html><html lang=en><title>Application</title><link rel=icon href=data:,>"
    b"<script src=/oidc-client-ts.min.js></script><script src=/page.js></script>"
)


@contextmanager
def a_site() -> Iterator[int]:
    """Run the site while the block runs, and yield its port."""
    library = modules() / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
    scripts = {f"/{path.name}": path.read_bytes() for path in (library, Path(FOLDER, "page.js"))}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = scripts.get(self.path)
            body = _PAGE if script is None else script
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8" if script is None else "text/javascript")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
