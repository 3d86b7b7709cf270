"""A real SMTP server, with and without encryption."""
# ruff: noqa: ARG002 (aiosmtpd hands over more than is needed)

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorward.testing.clock import START


@dataclass
class Postman:
    """Takes mails, or refuses them with `refusal`."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    passwords: list[bytes] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    refusal: str = ""
    refused_recipient: str = ""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 (the name that aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refused_recipient:
            return self.refused_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (same)
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        read = message_from_bytes(envelope.content, policy=default)
        assert isinstance(read, EmailMessage)
        self.mails.append(read)
        self.recipients += envelope.rcpt_tos
        self.peers.add(session.peer)
        self.was_encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, presented: object
    ) -> AuthResult:
        if not isinstance(presented, LoginPassword):
            return AuthResult(success=False)
        self.passwords.append(presented.password)
        return AuthResult(success=presented.password == b"right", handled=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for 127.0.0.1 that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START - timedelta(days=3650))
        .not_valid_after(START + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """Return a context that trusts the test's own server alone."""
    return ssl.create_default_context(cafile=certificate)


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def started() -> Iterator[Callable[[Controller], None]]:
    controllers: list[Controller] = []

    def start(controller: Controller) -> None:
        controller.start()
        controllers.append(controller)

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def free_port() -> int:
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def postman(started: Callable[[Controller], None], free_port: int) -> Postman:
    """Return a server that speaks no TLS, and asks for a password only if it is shown one."""
    postman = Postman(port=free_port)
    controller = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port,
        authenticator=postman.authenticate,
        auth_require_tls=False,
    )
    started(controller)
    return postman


@pytest.fixture
def starttls_postman(started: Callable[[Controller], None], free_port: int, server_tls: ssl.SSLContext) -> Postman:
    """Return a server that offers STARTTLS, and takes a password behind it alone."""
    postman = Postman(port=free_port)
    controller = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port,
        tls_context=server_tls,
        authenticator=postman.authenticate,
    )
    started(controller)
    return postman


@pytest.fixture
def implicit_postman(started: Callable[[Controller], None], free_port: int, server_tls: ssl.SSLContext) -> Postman:
    """Return a server that is encrypted from the first byte on."""
    postman = Postman(port=free_port)
    controller = Controller(
        postman,
        hostname="127.0.0.1",
        port=free_port,
        ssl_context=server_tls,
        authenticator=postman.authenticate,
        auth_require_tls=False,
    )
    started(controller)
    return postman
