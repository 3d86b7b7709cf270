"""What `doorward gateway` writes about TLS, in the real servers."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from doorward.adapters.clock.system import SystemClock
from doorward.gateway.check import examine
from doorward.gateway.description import Gateway
from doorward.gateway.line import Line
from tests.gateways.servers import KINDS, Kind, Ports, an_application, description, running
from tests.processes import PATIENCE, free_port, serving, wait_until

NGINX: Final = KINDS[0]
PLACE: Final = "/.well-known/jwks.json"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run Doorward behind the gateways of this module."""
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application)
        issuer = f"https://localhost:{ports.gateway}"
        variables = {"DOORWARD_ISSUER": issuer, "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32"}
        with serving(tmp_path_factory.mktemp("behind") / "data", port=ports.doorward, variables=variables):
            yield ports


def a_key_pair(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate that signs itself, for `localhost`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 (certificates are of the real time)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    pem, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    texts = (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, pem, plain),
    )
    for file, text in zip(files, texts, strict=True):
        fresh = file.with_suffix(".new")
        fresh.write_bytes(text)
        fresh.replace(file)  # Envoy sees no other change
    return files


def shaken(port: int, name: str = "localhost", **chosen: object) -> ssl.SSLSocket:
    """Return a connection over TLS, whoever the other side is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    for option, value in chosen.items():
        setattr(context, option, value)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), PATIENCE), server_hostname=name)


def shown(port: int) -> str | None:
    """Return for whom the certificate is made out that the gateway shows; None where it hangs up."""
    try:
        with shaken(port) as line:
            raw = line.getpeercert(binary_form=True)
    except OSError:
        return None
    assert raw is not None
    return x509.load_der_x509_certificate(raw).subject.rfc4514_string()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Return each kind of gateway in turn."""
    chosen: Kind = request.param
    return chosen


@contextmanager
def over_tls(kind: Kind, folder: Path, ports: Ports) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway over TLS; nginx with a master that can change its workers."""
    gateway = description(folder, ports, key_pair=a_key_pair(folder, "first"), has_files=kind.has_files)
    masters = ("nginx.conf", "master_process off", "master_process on") if kind.name == "nginx" else None
    with running(kind, folder, ports, gateway, changed=masters) as process:
        yield process


def test_certificate_is_changed_without_losing_a_request(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    issuer = f"https://localhost:{ports.gateway}"
    with (
        over_tls(kind, tmp_path, ports) as process,
        httpx2.stream("GET", f"{issuer}/open/slow", verify=False, timeout=PATIENCE) as answer,
    ):
        lines = answer.iter_lines()
        told, before = [next(lines)], shown(ports.gateway)
        with asking_on(f"{issuer}{PLACE}") as statuses:
            a_key_pair(tmp_path, "second")
            if kind.reads_anew_on is not None:
                process.send_signal(kind.reads_anew_on)
            wait_until(lambda: shown(ports.gateway) == "CN=second")
        httpx2.get(f"{issuer}/open/go", verify=False)
        told.append(next(lines))

    assert before == "CN=first"
    assert set(statuses) <= ({200, None} if kind.hangs_up else {200})
    assert told == ["first", "second"]


@pytest.mark.parametrize(("minutes", "is_due"), [(0, False), (30, False), (40, True)], ids=["now", "half", "late"])
def test_certificate_is_to_be_renewed_in_the_last_fifth_of_its_life(
    ports: Ports, tmp_path: Path, minutes: int, *, is_due: bool
) -> None:
    then = SystemClock().now() + timedelta(minutes=minutes)
    with over_tls(NGINX, tmp_path, ports):
        seen = {seen.probe: seen for seen in examine(*trusting(tmp_path, ports), now=then)}["certificates"]

    assert bool(seen.remedy) is is_due
    assert seen.told.startswith("the first to be renewed is that of localhost, which ends on 20")


def test_certificate_that_nobody_vouches_for_is_noticed(ports: Ports, tmp_path: Path) -> None:
    with over_tls(NGINX, tmp_path, ports):
        line, gateway = trusting(tmp_path, ports)
        with pytest.raises(ssl.SSLCertVerificationError):
            list(examine(replace(line, trusted=None), gateway, now=SystemClock().now()))


def trusting(folder: Path, ports: Ports) -> tuple[Line, Gateway]:
    """Return the gateway that runs, asked by somebody who trusts its certificate, and what was written for it."""
    pair = folder / "certificate.pem", folder / "key.pem"
    trusted = ssl.create_default_context(cafile=pair[0])
    return Line("localhost", ports.gateway, is_tls=True, trusted=trusted), description(
        folder, ports, key_pair=pair, has_files=False
    )


@contextmanager
def asking_on(address: str) -> Iterator[list[int | None]]:
    """Ask until the block ends, over a new connection each time, and give the statuses; None: nothing was answered."""
    statuses: list[int | None] = []
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(_ask_on, address, statuses, stop)
        try:
            yield statuses
        finally:
            stop.set()
        asking.result()


def _ask_on(address: str, statuses: list[int | None], stop: Event) -> None:
    while not stop.is_set():
        try:
            statuses.append(httpx2.get(address, verify=False, timeout=PATIENCE).status_code)
        except httpx2.TransportError:
            statuses.append(None)


def test_tls_is_of_today_and_for_the_names_of_the_sites(kind: Kind, ports: Ports, tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").write_text("Welcome to whatever stands here besides")
    with over_tls(kind, tmp_path, ports):
        with shaken(ports.gateway) as line:
            agreed = line.version(), line.selected_alpn_protocol()
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            shaken(ports.gateway, name="evil.example")
        with pytest.warns(DeprecationWarning, match="TLSv1"), pytest.raises(ssl.SSLError):
            shaken(ports.gateway, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
        other = httpx2.get(f"https://localhost:{ports.gateway}/", headers={"host": "evil.example"}, verify=False)

        kept = httpx2.get(f"https://localhost:{ports.gateway}/files/", verify=False) if kind.has_files else None

    assert agreed == ("TLSv1.3", "h2")
    assert kept is None or kept.headers["strict-transport-security"] == "max-age=63072000"
    assert other.status_code in (404, 421)
