"""A server in a process of its own for the modules of the official suite, and what they need around it."""

import json
import sqlite3
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import parse_qsl

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.adapters.clock.system import SystemClock
from doorward.assembly.house import House, open_house
from doorward.core.keys.jose import JsonValue
from doorward.settings.load import load
from tests.house import PASSWORD
from tests.processes import PATIENCE, free_port, serving, wait_until

OWNER: Final = "margaret"
_AGING: Final = ("dw_onetimes", "dw_grants", "dw_consents")
_DISCOVERY: Final = "/.well-known/openid-configuration"
_SETTINGS: Final = {
    "DOORWARD_CLIENT_REGISTRATION": "open",
    "DOORWARD_TRUSTED_PROXIES": "127.0.0.0/8",
    "DOORWARD_LOG_LEVEL": "error",
}


@dataclass
class Elsewhere:
    """The applications' own server: documents that it publishes over https, and what was posted to it."""

    url: str = ""
    documents: dict[str, JsonValue] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str], Mapping[str, str]]] = field(default_factory=list)


@dataclass
class Deployment:
    """The server, and its house opened beside it as the command line opens it."""

    url: str
    house: House
    elsewhere: Elsewhere
    file: Path
    variables: Mapping[str, str]
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=PATIENCE))
    _clock: SystemClock = field(default_factory=SystemClock)

    @property
    def issuer(self) -> str:
        """What tokens name."""
        return self.url

    def now(self) -> datetime:
        """Return the time."""
        return self._clock.now()

    def wait_for(self, moment: float) -> None:
        """Return when a moment has come, of which a token speaks in whole seconds."""
        wait_until(lambda: self.now().timestamp() >= moment)

    def make_older(self, by: timedelta) -> None:
        """Let everything that is kept of requests, codes and grants be older, as if so much time had passed."""
        microseconds = by // timedelta(microseconds=1)
        with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as store, store:
            for table in _AGING:
                names = [row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[1].endswith("_at")]
                changes = ", ".join(f"{name} = {name} - {microseconds}" for name in names)
                store.execute(f"UPDATE {table} SET {changes}")  # noqa: S608 (names of our own tables)

    @contextmanager
    def another_instance(self) -> Iterator[str]:
        """Run another instance of the same deployment, which remembers nothing yet, and yield where it answers."""
        with serving(
            self.file.parent, "--no-worker", variables={**self.variables, "DOORWARD_ISSUER": self.url}
        ) as more:
            yield more.url

    def metadata(self) -> dict[str, JsonValue]:
        """Return what the server tells of itself."""
        answer = self.http.get(f"{self.url}{_DISCOVERY}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        found: dict[str, JsonValue] = answer.json()
        return found

    def keys(self) -> dict[str, dict[str, JsonValue]]:
        """Return the keys that the server publishes, by their ids."""
        answer = self.http.get(f"{self.url}/.well-known/jwks.json")
        assert answer.status_code == 200
        return {key["kid"]: key for key in answer.json()["keys"]}


@contextmanager
def a_deployment(folder: Path) -> Iterator[Deployment]:
    """Run a server with one account, and the applications' own server, while the block runs."""
    authority, identity = _certificates(folder)
    variables = {**_SETTINGS, "SSL_CERT_FILE": str(authority)}
    data, port = folder / "data", free_port()
    with _elsewhere(identity) as elsewhere, serving(data, port=port, variables=variables) as server:
        house = open_house(load({"data_dir": data, "issuer": server.url, "port": port}))
        house.flows.add_account(OWNER, f"{OWNER}@mail.example", password=PASSWORD)
        deployment = Deployment(server.url, house, elsewhere, next(data.glob("*.sqlite3")), variables)
        try:
            yield deployment
        finally:
            deployment.http.close()
            house.close()


@contextmanager
def _elsewhere(identity: Path) -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            elsewhere.asked.append(self.path)
            document = elsewhere.documents.get(self.path)
            self.answer(404 if document is None else 200, json.dumps(document).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            elsewhere.posted.append((self.path, dict(parse_qsl(body, strict_parsing=True)), dict(self.headers)))
            self.answer(200, b"")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        elsewhere = Elsewhere(f"https://localhost:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield elsewhere
        finally:
            server.shutdown()
            thread.join()


def _certificates(folder: Path) -> tuple[Path, Path]:
    """Return the files of an authority, and of a key with a certificate by it for this machine."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority, identity = folder / "authority.pem", folder / "identity.pem"
    authority.write_bytes(certificate)
    identity.write_bytes(private + certificate)
    return authority, identity
