"""Prometheus and Alertmanager as they are shipped, on what `doorward monitoring` writes; and who hears of it."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import quote

import httpx2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.parts import missing
from tests.processes import PATIENCE, free_port, wait_until

_NGINX: Final = """daemon off; master_process off; user root; worker_processes 1;
pid {root}/nginx.pid; error_log {root}/error.log warn;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
    include {root}/gateway/doorward.conf;
}}
"""


def program(name: str) -> str:
    """Return where a program is; a test that needs it is skipped loudly where it is not."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        missing(f"{name} is not here", remedy="run `scripts/system-parts monitoring`")
    return found


def checked(name: str, *arguments: str) -> str:
    """Run a program that looks at files, and return what it says; it must be content."""
    done = subprocess.run([program(name), *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass
class Prometheus:
    """A Prometheus that runs."""

    port: int

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """Return what an expression finds now."""
        found: list[dict[str, Any]] = self.get(f"query?query={quote(expression)}")["result"]
        return found

    def get(self, path: str) -> dict[str, Any]:
        """Get something of its interface."""
        answer = httpx2.get(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


@dataclass
class Pager:
    """Whom Alertmanager tells. `heard` are the labels of the alerts that fire."""

    heard: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def names(self) -> set[str]:
        """What came, by name."""
        return {labels["alertname"] for labels in self.heard}


@contextmanager
def a_pager() -> Iterator[Pager]:
    """Listen for alerts."""
    pager = Pager()

    class Hears(_Quiet):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            pager.heard += [alert["labels"] for alert in told["alerts"] if alert["status"] == "firing"]
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

    with _listening(Hears) as port:
        pager.port = port
        yield pager


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's word)
        """Say nothing."""


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Answer as a handler does, and give the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Sink:
    """A collector. `payloads` is what it was sent, as it came."""

    payloads: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it takes spans."""
        return f"http://127.0.0.1:{self.port}/v1/traces"

    @property
    def spans(self) -> list[Span]:
        """Every span that came."""
        requests = [ExportTraceServiceRequest.FromString(payload) for payload in self.payloads]
        resources = [resource for request in requests for resource in request.resource_spans]
        return [span for resource in resources for scope in resource.scope_spans for span in scope.spans]

    def of(self, trace_id: str) -> list[Span]:
        """Return the spans of a trace."""
        return [span for span in self.spans if span.trace_id.hex() == trace_id]


@contextmanager
def a_sink() -> Iterator[Sink]:
    """Take spans as a collector does."""
    sink = Sink()

    class Takes(_Quiet):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sink.payloads.append(gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body)
            sink.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

    with _listening(Takes) as port:
        sink.port = port
        yield sink


@contextmanager
def prometheus(folder: Path, port: int) -> Iterator[Prometheus]:
    """Run a Prometheus on the configuration in a folder."""
    options = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data")
    with _running("prometheus", *options, f"--web.listen-address=127.0.0.1:{port}", port=port, folder=folder):
        yield Prometheus(port)


@contextmanager
def alertmanager(folder: Path, port: int) -> Iterator[None]:
    """Run an Alertmanager on the configuration in a folder."""
    options = (f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alerts")
    alone = ("--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}")
    with _running("prometheus-alertmanager", *options, *alone, port=port, folder=folder):
        yield


@contextmanager
def nginx(root: Path, port: int) -> Iterator[None]:
    """Run the gateway that is written below a folder."""
    (root / "state").mkdir()
    (root / "nginx.conf").write_text(_NGINX.format(root=root))
    options = ("-p", str(root), "-c", f"{root}/nginx.conf")
    with _running("nginx", *options, port=port, folder=root, ready="/healthz"):
        yield


@contextmanager
def _running(name: str, *options: str, port: int, folder: Path, ready: str = "/-/ready") -> Iterator[None]:
    with (folder / f"{name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([program(name), *options], stdout=log, stderr=log, cwd=folder)
        try:
            wait_until(lambda: _is_ready(process, f"http://localhost:{port}{ready}"))
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _is_ready(process: subprocess.Popen[bytes], url: str) -> bool:
    assert process.poll() is None, f"it ended: {process.args!r}"
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.TransportError:
        return False


def ports(number: int) -> tuple[int, ...]:
    """Return ports that nothing listens on."""
    return tuple(free_port() for _ in range(number))
