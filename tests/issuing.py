"""An issuer on a free port of this machine, for tests of those who verify: metadata, keys, and whatever tokens."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import MappingProxyType
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.keys import dpop, jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from tests.pairs import SIGNATURES, a_pair

AUDIENCE: Final = "https://api.example"
NOTHING: Final[Mapping[str, JsonValue]] = MappingProxyType({})


def pair(algorithm: Algorithm = Algorithm.ES256, number: int = 0) -> tuple[str, bytes]:
    """Return a key pair; the same for the same number."""
    public, private = a_pair(algorithm, f"key-{algorithm}-{number}", str(number))
    return json.dumps(public), private


def published(public_jwk: str, changes: Mapping[str, JsonValue] = NOTHING) -> dict[str, JsonValue]:
    """Return a public key as a set holds it, with some members replaced (None: left out)."""
    members: dict[str, JsonValue] = json.loads(public_jwk)
    return {name: value for name, value in {**members, **changes}.items() if value is not None}


def compact(
    header: Mapping[str, JsonValue], claims: Mapping[str, JsonValue], private: bytes, algorithm: Algorithm
) -> str:
    """Return a signed token of whatever members; those that are None are left out."""
    halves = ({name: value for name, value in half.items() if value is not None} for half in (header, claims))
    signed = ".".join(jose.b64url_encode(json.dumps(half).encode()) for half in halves)
    return f"{signed}.{jose.b64url_encode(SIGNATURES.sign(algorithm, private, signed.encode()))}"


@dataclass(slots=True)
class Issuing:
    """What the issuer publishes, and how often it was asked. `is_away`: it answers 503; `may_answer`: when it does."""

    url: str
    clock: Clock
    keys: list[dict[str, JsonValue]] = field(default_factory=lambda: [published(pair()[0])])
    metadata: dict[str, JsonValue] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_away: bool = False
    may_answer: Event = field(default_factory=Event)

    @property
    def fetches(self) -> int:
        """How often the keys were fetched."""
        return self.asked.count("/jwks.json")

    def token(
        self,
        claims: Mapping[str, JsonValue] = NOTHING,
        header: Mapping[str, JsonValue] = NOTHING,
        *,
        number: int = 0,
        algorithm: Algorithm = Algorithm.ES256,
    ) -> str:
        """Return an access token, with some members replaced (None: left out)."""
        now = int(self.clock.now().timestamp())
        body: dict[str, JsonValue] = {
            "iss": self.url,
            "sub": "margaret",
            "aud": AUDIENCE,
            "client_id": "notes-app",
            "sid": "a-session",
            "jti": "one",
            "scope": "notes.read",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
        }
        head: dict[str, JsonValue] = {
            "typ": "at+jwt",
            "alg": algorithm.value,
            "kid": f"key-{algorithm}-{number}",
        }
        return compact({**head, **header}, {**body, **claims}, pair(algorithm, number)[1], algorithm)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return what is published at a path."""
        self.asked.append(path)
        self.may_answer.wait(10)
        if self.is_away:
            return 503, b""
        if path in self.bodies:
            return 200, self.bodies[path]
        documents: dict[str, dict[str, JsonValue]] = {
            "/jwks.json": {"keys": list(self.keys)},
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks.json",
                **self.metadata,
            },
        }
        return (200, json.dumps(documents[path]).encode()) if path in documents else (404, b"")


class Holder:
    """Whoever holds a key that tokens are bound to."""

    def __init__(self, clock: Clock, number: int = 100) -> None:
        public, self.private = pair(Algorithm.ES256, number)
        self.jwk = published(public, {"kid": None, "alg": None, "use": None})
        self.thumbprint = jose.thumbprint(self.jwk)
        self._clock = clock
        self._count = 0

    def proof(
        self, token: str, claims: Mapping[str, JsonValue] = NOTHING, header: Mapping[str, JsonValue] = NOTHING
    ) -> str:
        """Return a proof for a GET of `/notes` with a token, with some members replaced (None: left out)."""
        self._count += 1
        head: dict[str, JsonValue] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        body: dict[str, JsonValue] = {
            "jti": f"proof {self._count}",
            "htm": "GET",
            "htu": f"{AUDIENCE}/notes",
            "iat": int(self._clock.now().timestamp()),
            "ath": dpop.token_digest(token),
        }
        return compact({**head, **header}, {**body, **claims}, self.private, Algorithm.ES256)


@contextmanager
def issuing(clock: Clock) -> Iterator[Issuing]:
    """Run an issuer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = state.answer(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state = Issuing(f"http://127.0.0.1:{server.server_port}", clock)
        state.may_answer.set()
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.may_answer.set()
            server.shutdown()
            thread.join()
