"""What people give to keep, on its way through the real gateways: as it comes, and kept nowhere on the way."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import httpx2
import pytest

from doorward.gateway.description import UPLOADS, described
from doorward.gateway.topology import Topology
from doorward.settings.load import given
from tests.gateways.servers import KINDS, Kind, Ports, running
from tests.processes import PATIENCE, free_port, wait_until

MEBIBYTE: Final = 1 << 20
WHOLE: Final = 24 * MEBIBYTE
A_BODY: Final = 256 * 1024
A_PIECE: Final = 64 * 1024


@dataclass
class Heard:
    """What came through: to which path, and how many bytes so far."""

    paths: list[str] = field(default_factory=list)
    count: int = 0


@contextmanager
def a_listener() -> Iterator[tuple[int, Heard]]:
    """Run what counts the bytes that come, in the place of Doorward, and give its port."""
    heard = Heard()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.paths.append(f"{self.headers['host']}{self.path}")
            left = int(self.headers.get("content-length") or 0)
            while left:
                got = len(self.rfile.read1(min(left, MEBIBYTE)))
                if not got:
                    return
                left -= got
                heard.count += got
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 (the library's word)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's word)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Gate:
    """A gateway, what came through it, and where it might keep bodies."""

    kind: Kind
    ports: Ports
    heard: Heard
    folder: Path

    @property
    def kept(self) -> int:
        """How many bytes lie in its folder."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def gate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind.name)
    with a_listener() as (port, heard):
        ports = Ports(free_port(), port, free_port())
        settings = {"issuer": ports.issuer, "files_origin": ports.reports, "files_max_bytes": WHOLE}
        topology = {
            "auth": {"servers": [f"127.0.0.1:{port}"]},
            "gateway": {
                "listen": ["127.0.0.1"],
                "networks": ["127.0.0.1/32"],
                "state": str(folder),
                "log": f"{folder}/log.json",
                "inner_port": free_port(),
            },
        }
        trusting = given({**settings, "trusted_proxies": "127.0.0.1/32", "limits_scale": 1000}).settings
        with running(kind, folder, ports, described(trusting, Topology.model_validate(topology))):
            yield Gate(kind, ports, heard, folder)


with_a_lid = pytest.mark.parametrize(
    "gate", [kind for kind in KINDS if kind.has_lids], indirect=True, ids=lambda kind: kind.name
)
"""Before gateways that limit bodies; before the others servers do it by themselves."""


def sent(path: str, port: int, length: int) -> socket.socket:
    """Begin to send a body of so many bytes."""
    line = socket.create_connection(("127.0.0.1", port), PATIENCE)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n\r\n"
    line.sendall(head.encode("ascii"))
    return line


def status_of(line: socket.socket) -> int:
    return int(line.makefile("rb").readline().split()[1])


def answered(path: str, port: int, length: int) -> int:
    """Send a body of so many bytes until there is an answer, and return its status."""
    with sent(path, port, length) as line:
        for _ in range(-(-length // A_PIECE)):
            if select.select([line], [], [], 0)[0]:
                break
            try:
                line.sendall(b"x" * min(A_PIECE, length))
            except ConnectionError:
                break
        return status_of(line)


def test_upload_streams_and_is_kept_nowhere_on_the_way(gate: Gate) -> None:
    before, lying = gate.heard.count, gate.kept
    piece = b"x" * MEBIBYTE
    with sent(f"{UPLOADS[0]}/01", gate.ports.gateway, WHOLE) as line:
        line.sendall(piece)
        wait_until(lambda: gate.heard.count - before == MEBIBYTE)
        for _ in range(WHOLE // MEBIBYTE - 1):
            line.sendall(piece)
            assert gate.kept - lying < A_PIECE

        assert status_of(line) == 201
    assert gate.heard.count - before == WHOLE


@with_a_lid
@pytest.mark.parametrize("path", [each + rest for each in UPLOADS for rest in ("", "/01")])
def test_upload_is_as_long_as_a_file_and_what_is_around_it(gate: Gate, path: str) -> None:
    assert answered(path, gate.ports.gateway, WHOLE + 64 * 1024 + A_PIECE) == 413
    assert httpx2.post(f"{gate.ports.issuer}{path}", content=b"x" * A_BODY).status_code == 201


@with_a_lid
@pytest.mark.parametrize("path", ["/v1/web/me", "/v1/web/filesystem", "/v1/web/avatars", "/v2/v1/web/files", "/"])
def test_body_elsewhere_is_as_short_as_ever(gate: Gate, path: str) -> None:
    assert answered(path, gate.ports.gateway, A_BODY) == 413


@with_a_lid
def test_body_at_the_origin_of_files_is_as_short_as_ever(gate: Gate) -> None:
    answer = httpx2.post(f"{gate.ports.reports}{UPLOADS[0]}", content=b"x" * 2 * MEBIBYTE)

    assert answer.status_code == 413


def test_origin_of_files_is_answered_by_doorward_and_shows_no_figures(gate: Gate) -> None:
    with httpx2.Client(base_url=gate.ports.reports) as client:
        statuses = client.get("/kept/01").status_code, client.get("/metrics").status_code

    assert statuses == (201, 404)
    asked = [path for path in gate.heard.paths if not path.endswith(("/healthz", "/readyz"))]  # by the gateway itself
    assert asked[-1] == f"127.0.0.1:{gate.ports.gateway}/kept/01"
