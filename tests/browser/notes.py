"""An API of notes that checks access tokens by itself, for one page on another origin."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from doorward.resource import AccessRefused, Verifier


@contextmanager
def a_notes_api(issuer: str, origin: str) -> Iterator[str]:
    """Run the API for a while, and return its address, which is its audience too."""
    notes: dict[str, list[dict[str, str]]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self.answer(204)

        def do_GET(self) -> None:
            match subject_of(verifier, self.headers.get("authorization", ""), "notes:read"):
                case str() as subject:
                    self.answer(200, notes.get(subject, []))
                case status:
                    self.answer(status)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            match subject_of(verifier, self.headers.get("authorization", ""), "notes:write"):
                case str() as subject:
                    notes.setdefault(subject, []).append(json.loads(body))
                    self.answer(201, json.loads(body))
                case status:
                    self.answer(status)

        def answer(self, status: int, body: object = None) -> None:
            written = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("access-control-allow-origin", origin)
            self.send_header("access-control-allow-headers", "authorization, content-type")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://localhost:{server.server_address[1]}"
        with closing(Verifier(issuer, address)) as verifier:
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield address
            server.shutdown()
            thread.join()


def subject_of(verifier: Verifier, authorization: str, scope: str) -> str | int:
    """Return whose an access token is, or the status of its refusal."""
    try:
        token = verifier.read(authorization.removeprefix("Bearer "))
    except AccessRefused:
        return 401
    return token.subject if scope in token.scope.split() else 403
