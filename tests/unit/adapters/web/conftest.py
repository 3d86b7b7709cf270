"""Servers that answer as a test tells them to, and a name server whose answers change."""
# ruff: noqa: ARG002 (a stand-in keeps the port's parameters)

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, create_server, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.adapters.web.resolve import Resolves
from doorward.testing.clock import FixedClock

NAME = "provider.test"

Script = Callable[[socket], None]


@dataclass
class Server:
    """Answers each connection by `script`, after it has read the request."""

    port: int
    script: Script
    requests: list[bytes] = field(default_factory=list)


@dataclass
class FixedResolver(Resolves):
    """Finds the same addresses for every name."""

    addresses: tuple[str, ...] = ("127.0.0.1",)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, *, seconds: float) -> tuple[str, ...]:
        self.asked.append(host)
        return self.addresses


@dataclass
class NameServer:
    """A name server that answers each question with the next of `answers`, and goes on with the last one."""

    answers: list[str]
    port: int = 0
    asked: int = 0


def answer(
    body: bytes = b"{}", *, status: str = "200 OK", media_type: str = "application/json", more: str = ""
) -> Script:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers on this machine."""
    stops: list[Callable[[], None]] = []

    def start(script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Server:
        listener = create_server((host, 0))
        server = Server(listener.getsockname()[1], script)
        thread = threading.Thread(target=_accept, args=(listener, server, tls), daemon=True)
        thread.start()

        def stop() -> None:
            listener.shutdown(2)
            listener.close()
            thread.join(timeout=5)

        stops.append(stop)
        return server

    yield start
    for stop in stops:
        stop()


def _accept(listener: socket, server: Server, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.settimeout(5)
        try:
            with tls.wrap_socket(connection, server_side=True) if tls else connection as secured:
                server.requests.append(_request(secured))
                server.script(secured)
        except OSError:
            continue
        finally:
            connection.close()


def _request(connection: socket) -> bytes:
    request, length = b"", 0
    while b"\r\n\r\n" not in request or len(request.partition(b"\r\n\r\n")[2]) < length:
        request += connection.recv(65536)
        named = re.search(rb"content-length: (\d+)", request.lower())
        length = int(named[1]) if named else 0
    return request


@pytest.fixture
def ask_name_server() -> Iterator[Callable[[NameServer], Resolves]]:
    """Return a resolver that asks a name server, which runs until the end of the test."""
    sockets: list[socket] = []

    def start(server: NameServer) -> Resolves:
        listener = socket(AF_INET, SOCK_DGRAM)
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        server.port = listener.getsockname()[1]
        sockets.append(listener)
        threading.Thread(target=_name, args=(listener, server), daemon=True).start()
        return StubResolver(server.port)

    yield start
    for each in sockets:
        each.close()


def _name(listener: socket, server: NameServer) -> None:
    while True:
        try:
            question, asker = listener.recvfrom(512)
        except OSError:
            return
        address = server.answers[min(server.asked, len(server.answers) - 1)]
        server.asked += 1
        packed = bytes(int(part) for part in address.split("."))
        record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04" + packed
        listener.sendto(question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + question[12:] + record, asker)


@dataclass(frozen=True)
class StubResolver(Resolves):
    """Asks a name server over UDP for the address of a name (RFC 1035)."""

    port: int

    def __call__(self, host: str, *, seconds: float) -> tuple[str, ...]:
        labels = b"".join(bytes([len(label)]) + label.encode() for label in host.split("."))
        with socket(AF_INET, SOCK_DGRAM) as asking:
            asking.settimeout(seconds)
            question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
            asking.sendto(question, ("127.0.0.1", self.port))
            return (".".join(str(byte) for byte in asking.recv(512)[-4:]),)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with certificates that sign themselves: good.pem, other.pem (another name) and old.pem."""
    folder = tmp_path_factory.mktemp("web")
    now = datetime.now(UTC)  # noqa: TID251 (OpenSSL goes by the machine's clock)
    for file, name, until in (
        ("good.pem", NAME, now + timedelta(days=1)),
        ("other.pem", "other.test", now + timedelta(days=1)),
        ("old.pem", NAME, now - timedelta(days=1)),
    ):
        (folder / file).write_bytes(_certificate(name, until))
    return folder


def _certificate(host: str, until: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=30))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + built.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def tls_of(certificates: Path) -> Callable[[str], ssl.SSLContext]:
    """Return the side of a server with one of the certificates."""

    def make(file: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / file)
        return context

    return make


@pytest.fixture
def trusted(certificates: Path) -> ssl.SSLContext:
    """Return a context that trusts all three certificates, and nothing else."""
    context = ssl.create_default_context(cafile=certificates / "good.pem")
    context.load_verify_locations(certificates / "other.pem")
    context.load_verify_locations(certificates / "old.pem")
    return context


@pytest.fixture
def free_port() -> int:
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()
