"""Another provider, on an address of its own: what it answers to a browser is what its person wishes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from doorward.adapters.clock.system import SystemClock
from doorward.core.kernel.outgoing import Fetched
from tests.upstream import CLIENT, CLIENT_SECRET, TRUSTED, Elsewhere, Somebody, a_provider

_SILENT: Final = "http://127.0.0.1:1"


class Wish(StrEnum):
    """What the person does at the provider."""

    SIGN_IN = "sign in"
    CANCEL = "cancel"
    STAY = "stay"


@dataclass
class Provider:
    """The provider, and the person who stands there. `STAY` leaves a browser on the page that led there."""

    base: str
    behind: Elsewhere
    wish: Wish = Wish.SIGN_IN

    def expect(self, person: Somebody, wish: Wish = Wish.SIGN_IN, **claims: str) -> None:
        """Say who comes next, what they do, and what the provider says of them that it should not."""
        self.behind.person, self.wish = person, wish
        self.behind.claims.clear()
        self.behind.claims.update(claims)

    @property
    def settings(self) -> str:
        """What a server is told of it, of a provider that answers nobody, and of one that everybody knows."""
        common = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
        here = {"id": "elsewhere", "name": "Elsewhere", "issuer": self.base, "trusted_domains": [TRUSTED]}
        silent = {"id": "silent", "name": "Corner Shop", "issuer": _SILENT, "trusted_domains": [TRUSTED]}
        return json.dumps([{**here, **common}, {**silent, **common}, {"preset": "google", **common}])

    def lead_back(self, asked: str) -> str | None:
        """Return where a browser is led that came with this address; None: nowhere."""
        said = dict(parse_qsl(urlsplit(asked).query))
        match self.wish:
            case Wish.STAY:
                return None
            case Wish.CANCEL:
                answer = {"state": said["state"], "error": "access_denied"}
            case Wish.SIGN_IN:
                answer = {"state": said["state"], "code": self.behind.authorize(asked).code or ""}
        return f"{said['redirect_uri']}?{urlencode(answer)}"


@contextmanager
def a_place_elsewhere() -> Iterator[Provider]:
    """Run a provider for a while."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = f"{provider.base}{self.path}"
            if self.path.startswith("/authorize"):
                self.lead(provider.lead_back(address))
            else:
                self.answer(provider.behind.get(address, headers=dict(self.headers.items())))

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            self.answer(provider.behind.post(f"{provider.base}{self.path}", form, headers=dict(self.headers.items())))

        def lead(self, location: str | None) -> None:
            self.send_response(204 if location is None else 303)
            if location is not None:
                self.send_header("location", location)
                self.send_header("content-length", "0")
            self.end_headers()

        def answer(self, fetched: Fetched) -> None:
            self.send_response(fetched.status)
            self.send_header("content-type", fetched.media_type)
            self.send_header("content-length", str(len(fetched.body)))
            self.end_headers()
            self.wfile.write(fetched.body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        behind = Elsewhere(replace(a_provider("oidc"), issuer=base), clock=SystemClock())
        provider = Provider(base, behind)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
