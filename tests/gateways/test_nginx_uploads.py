"""What people give to keep, on its way through real gateways: as it comes, and kept nowhere on the way."""

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

from doorward.gateway.description import UPLOADS, Gateway, described
from doorward.gateway.topology import Topology
from doorward.settings.load import given
from tests.gateways.servers import Ports, a_gateway_of, envoy_as_written, program_of, written
from tests.parts import missing
from tests.processes import PATIENCE, free_port, wait_until

MEBIBYTE: Final = 1 << 20
WHOLE: Final = 200 * MEBIBYTE
A_BODY: Final = 256 * 1024
POLICY: Final = "sandbox; default-src 'none'"


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
        def do_GET(self) -> None:
            """Leave a kept file to the gateway, as Doorward does; everything else is taken like an upload."""
            if not self.path.startswith("/f/"):
                self.do_POST()
                return
            self.send_response(200)
            self.send_header("x-accel-redirect", f"/kept-files{self.path}")
            self.send_header("content-security-policy", POLICY)
            self.send_header("content-type", "application/pdf")
            self.send_header("content-disposition", "attachment")
            self.send_header("content-length", "0")
            self.end_headers()

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
class Running:
    """A gateway, what came through it, and where it would keep bodies."""

    ports: Ports
    heard: Heard
    bodies: Path


def for_nginx(folder: Path, gateway: Gateway) -> list[str]:
    return ["-c", str(written(folder, gateway))]


WRITTEN: Final = {"nginx": for_nginx, "envoy": envoy_as_written}


@pytest.fixture(scope="module", params=WRITTEN)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    name: str = request.param
    program = program_of(name)
    if program is None:
        missing(f"{name} is not here", remedy="`scripts/system-parts gateways`, and requirements/dev.txt, bring it")
    folder = tmp_path_factory.mktemp(name)
    with a_listener() as (port, heard):
        ports = Ports(free_port(), port, free_port())
        kept = folder / "kept"
        (kept / "f").mkdir(parents=True)
        (kept / "f" / "01").write_bytes(b"%PDF")
        settings = {
            "issuer": ports.issuer,
            "files_origin": ports.reports,
            "files_max_bytes": WHOLE,
            "files_url": kept.as_uri(),
            "files_accel": "/kept-files/",
        }
        topology = {
            "auth": {"servers": [f"127.0.0.1:{port}"]},
            "gateway": {
                "listen": ["127.0.0.1"],
                "networks": ["127.0.0.1/32"],
                "state": str(folder),
                "log": f"{folder}/log.json",
            },
        }
        trusting = given({**settings, "trusted_proxies": "127.0.0.1/32", "limits_scale": 1000}).settings
        arguments = WRITTEN[name](folder, described(trusting, Topology.model_validate(topology)))
        with a_gateway_of(program, arguments, folder, ports):
            yield Running(ports, heard, folder / "body")


def sent(path: str, port: int, length: int) -> socket.socket:
    """Begin to send a body of so many bytes."""
    line = socket.create_connection(("127.0.0.1", port), PATIENCE)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {length}\r\n\r\n"
    line.sendall(head.encode("ascii"))
    return line


def status_of(line: socket.socket) -> int:
    return int(line.makefile("rb").readline().split()[1])


def test_upload_streams_and_is_kept_nowhere_on_the_way(running: Running) -> None:
    before = running.heard.count
    piece = b"x" * MEBIBYTE
    with sent(f"{UPLOADS[0]}/01", running.ports.gateway, WHOLE) as line:
        line.sendall(piece)
        wait_until(lambda: running.heard.count - before == MEBIBYTE)
        for _ in range(WHOLE // MEBIBYTE - 1):
            line.sendall(piece)
            assert list(running.bodies.rglob("*")) == []

        assert status_of(line) == 201
    assert running.heard.count - before == WHOLE


@pytest.mark.parametrize("path", [each + rest for each in UPLOADS for rest in ("", "/01")])
def test_upload_is_as_long_as_a_file_and_what_is_around_it(running: Running, path: str) -> None:
    with sent(path, running.ports.gateway, WHOLE + 64 * 1024 + 1) as line:
        assert status_of(line) == 413
    assert httpx2.post(f"{running.ports.issuer}{path}", content=b"x" * A_BODY).status_code == 201


@pytest.mark.parametrize(
    "path", ["/v1/web/me", "/v1/web/filesystem", "/v1/web/avatars", "/v2/v1/web/files", "/v1/web/files/../me", "/"]
)
def test_body_elsewhere_is_as_short_as_ever(running: Running, path: str) -> None:
    with sent(path, running.ports.gateway, A_BODY) as line:
        assert status_of(line) == 413


def test_body_at_the_origin_of_files_is_as_short_as_ever(running: Running) -> None:
    answer = httpx2.post(f"{running.ports.reports}{UPLOADS[0]}", content=b"x" * 2 * MEBIBYTE)

    assert answer.status_code == 413


def test_origin_of_files_is_answered_by_doorward_and_shows_no_figures(running: Running) -> None:
    with httpx2.Client(base_url=running.ports.reports) as client:
        statuses = client.get("/kept/01").status_code, client.get("/metrics").status_code

    assert statuses == (201, 404)
    assert running.heard.paths[-1] == f"127.0.0.1:{running.ports.gateway}/kept/01"


def test_kept_file_is_sent_by_the_gateway_and_shown_as_doorward_says(running: Running) -> None:
    whole = httpx2.get(f"{running.ports.reports}/f/01")
    part = httpx2.get(f"{running.ports.reports}/f/01", headers={"range": "bytes=1-3"})

    assert (whole.status_code, whole.content) == (200, b"%PDF")
    assert (part.status_code, part.content) == (206, b"PDF")
    assert whole.headers["content-security-policy"] == POLICY
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (whole.headers["content-type"], whole.headers["content-disposition"]) == ("application/pdf", "attachment")


@pytest.mark.parametrize("path", ["/kept-files/f/01", "/kept-files/../nginx.conf", "/kept-files/"])
def test_kept_file_is_named_by_nobody_outside(running: Running, path: str) -> None:
    answer = httpx2.get(f"{running.ports.reports}{path}")

    assert b"%PDF" not in answer.content
    assert "proxy_pass" not in answer.text


def test_kept_file_is_of_no_other_site(running: Running) -> None:
    assert httpx2.get(f"{running.ports.issuer}/f/01").content == b""
