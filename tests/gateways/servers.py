"""Real gateways, configured as the guide shows, and an application behind them that repeats what it was told."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Final

import httpx2

from doorward.gateway.description import Gateway, described
from doorward.gateway.envoy.write import FILE
from doorward.gateway.topology import Topology
from doorward.gateway.writers import WRITERS
from doorward.settings.load import given
from tests.architecture.tree import PROJECT
from tests.docs.markdown import blocks
from tests.parts import missing
from tests.processes import PATIENCE, free_port, wait_until

GUIDE: Final = PROJECT / "docs" / "how-to" / "guard-an-application-with-a-gateway.md"
_BESIDE: Final = f"{Path(sys.executable).parent}:/usr/sbin"
_NGINX: Final = """daemon off; master_process off; user root; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include sites.conf;
}}
"""
_TRAEFIK: Final = """entryPoints: {{web: {{address: "127.0.0.1:{port}"}}}}
providers: {{file: {{filename: "{folder}/traefik.yaml"}}}}
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
log: {{level: ERROR}}
"""
_CADDY: Final = "{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n"


class Echo(BaseHTTPRequestHandler):
    """Answers everything with the method, the path and the header fields that came.

    What it says at /open/slow it says in two parts, the second after somebody asked for /open/go. To /open/crash it
    says nothing, and hangs up.
    """

    may_go_on = Event()

    def _answer(self) -> None:
        if self.path == "/open/slow":
            return self._answer_slowly()
        if self.path == "/open/crash":
            self.close_connection = True
            return None
        if self.path == "/open/go":
            self.may_go_on.set()
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        fields = [[name.title(), value] for name, value in self.headers.items()]
        told = {"method": self.command, "path": self.path, "headers": fields}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name in (
            "upgrade",
            "connection",
            "x-auth-username",
        ):  # what a gateway answers to a socket's request need have no body
            self.send_header(f"x-heard-{name}", self.headers.get(name) or "")
        self.end_headers()
        self.wfile.write(body)
        return None

    def _answer_slowly(self) -> None:
        self.may_go_on.clear()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("x-accel-buffering", "no")
        self.end_headers()
        self.wfile.write(b"first\n")
        self.may_go_on.wait(PATIENCE)
        self.wfile.write(b"second\n")

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 (the library's words)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's word)
        """Say nothing."""


@contextmanager
def an_application() -> Iterator[int]:
    """Run an application that knows nothing of us, and give its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Ports:
    """Who listens where: the gateway, and behind it Doorward, the application, and other servers of both."""

    gateway: int
    doorward: int
    application: int
    others: tuple[int, ...] = ()
    further: tuple[int, ...] = ()

    @property
    def issuer(self) -> str:
        """The issuer, whose host the gateway serves."""
        return f"http://localhost:{self.gateway}"

    @property
    def reports(self) -> str:
        """The other host: another name to browsers, so no cookie of the one goes to the other."""
        return f"http://127.0.0.1:{self.gateway}"

    def here(self, text: str) -> str:
        """Return a configuration of the guide with the addresses of this machine."""
        changes = {
            r"https://id\.example\.org": self.issuer,
            r"https://reports\.example\.org": self.reports,
            r"id\.example\.org": "localhost",
            r"reports\.example\.org": "127.0.0.1",
            r"listen 443 ssl": f"listen 127.0.0.1:{self.gateway}",
            r"127\.0\.0\.1:8000": f"127.0.0.1:{self.doorward}",
            r"127\.0\.0\.1:3000": f"127.0.0.1:{self.application}",
        }
        for pattern, place in changes.items():
            text = re.sub(pattern, place, text)
        return text


def program_of(name: str) -> str | None:
    """Return where a gateway's program is, or None."""
    name = name.partition("-")[0]
    return shutil.which(name, path=_BESIDE) or shutil.which(name)


def shown(*names: str) -> Mapping[str, str]:
    """Return files that the guide shows, by name."""
    found = {block.words[0]: block.text + "\n" for block in blocks(GUIDE.read_text("utf-8")) if block.words}
    return {name: found[name] for name in names}


def _nginx(folder: Path, ports: Ports) -> list[str]:
    for name, text in shown("doorward.conf", "doorward-asks.conf", "doorward-guard.conf", "sites.conf").items():
        (folder / name).write_text(ports.here(text))
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder))
    return ["-p", str(folder), "-c", str(folder / "nginx.conf")]


def _traefik(folder: Path, ports: Ports) -> list[str]:
    (folder / "traefik.yaml").write_text(ports.here(shown("traefik.yaml")["traefik.yaml"]))
    (folder / "static.yaml").write_text(_TRAEFIK.format(folder=folder, port=ports.gateway))
    return [f"--configFile={folder / 'static.yaml'}"]


def _caddy(folder: Path, ports: Ports) -> list[str]:
    (folder / "Caddyfile").write_text(_CADDY + ports.here(shown("Caddyfile")["Caddyfile"]))
    return ["run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def files_of(folder: Path) -> Path:
    """Write the files of an application that is made of files alone, and one beside them."""
    files = folder / "files"
    (files / "assets").mkdir(parents=True)
    (folder / "next").write_text("not for you")
    (files / "index.html").write_text("<!doctype html><title>Notebook</title>")
    (files / "assets" / "app.js").write_text("export {};\n" * 200)
    (files / "assets" / "app.js.map").write_text("not for you")
    (files / ".env").write_text("not for you")
    return files


def description(
    folder: Path,
    ports: Ports,
    *,
    verdict_seconds: int = 0,
    scale: int = 1000,
    key_pair: tuple[Path, Path] | None = None,
    listen: str = "127.0.0.1",
    behind: Sequence[str] = (),
    has_files: bool = True,
) -> Gateway:
    """Return what a gateway before these servers does; with a certificate and its key, the issuer is behind TLS."""
    certificate, key = key_pair or (None, None)
    issuer = ports.issuer.replace("http:", "https:") if key_pair else ports.issuer
    servers = [f"127.0.0.1:{port}" for port in (ports.application, *ports.further)]
    others = [] if key_pair else [{"origin": ports.reports, "servers": servers}]
    root = files_of(folder) if has_files else None
    files = [
        {"origin": issuer, "path": path, "root": root, "guarded": path == "/kept/"} for path in ("/files/", "/kept/")
    ]
    topology = {
        "auth": {"servers": [f"127.0.0.1:{port}" for port in (ports.doorward, *ports.others)]},
        "gateway": {
            "listen": [listen],
            "networks": ["127.0.0.1/32"],
            "behind": behind,
            "verdict_seconds": verdict_seconds,
            "state": str(folder),
            "inner_port": free_port(),
            "log": str(folder / "access.log"),
            "certificate": certificate,
            "key": key,
        },
        "applications": [
            {"origin": issuer, "path": "/app/", "servers": servers},
            {"origin": issuer, "path": "/open/", "servers": servers, "guarded": False},
            *(files if has_files else ()),
            *others,
        ],
    }
    settings = given(
        {
            "issuer": issuer,
            "trusted_proxies": "127.0.0.1/32",
            "protected_hosts": [{"origin": issuer}, *({"origin": each["origin"]} for each in others)],
            "limits_scale": scale,
        }
    ).settings
    return described(settings, Topology.model_validate(topology))


def written(folder: Path, gateway: Gateway) -> Path:
    """Write what `doorward gateway nginx` writes, and return a configuration that includes it."""
    _write("nginx", folder, gateway)
    (folder / "sites.conf").write_text(f"include {folder}/doorward.conf;")
    place = folder / "nginx.conf"
    place.write_text(_NGINX.format(folder=folder))
    return place


def _write(kind: str, folder: Path, gateway: Gateway) -> None:
    for name, text in WRITERS[kind].written(gateway, folder).items():
        (folder / name).write_text(text)


def _nginx_as_written(folder: Path, gateway: Gateway) -> list[str]:
    return ["-p", str(folder), "-c", str(written(folder, gateway))]


def _traefik_as_written(folder: Path, gateway: Gateway) -> list[str]:
    _write("traefik", folder, gateway)
    return [f"--configFile={folder / 'traefik.yaml'}"]


def _caddy_as_written(folder: Path, gateway: Gateway) -> list[str]:
    _write("caddy", folder, gateway)
    return ["run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def envoy_as_written(folder: Path, gateway: Gateway) -> list[str]:
    """Write what `doorward gateway envoy` writes, and return the arguments that start it."""
    _write("envoy", folder, gateway)
    alone = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "error", "--file-flush-interval-msec", "50")
    return ["-c", str(folder / FILE), *alone]


@dataclass(frozen=True)
class Kind:
    """A kind of gateway that we write: how it is written and run, how it reads anew, and what it can do.

    `hangs_up`: while it reads anew, it closes lines that have just been opened. `asks_itself`: at its inner port it
    lets Doorward's servers be asked.
    """

    name: str
    arguments: Callable[[Path, Gateway], list[str]]
    reads_anew_on: signal.Signals | None
    has_files: bool = True
    has_limits: bool = True
    has_lids: bool = True
    hangs_up: bool = False
    asks_itself: bool = False


KINDS: Final = (
    Kind("nginx", _nginx_as_written, signal.SIGHUP),
    Kind("traefik", _traefik_as_written, signal.SIGHUP, has_files=False, has_lids=False, asks_itself=True),
    Kind("caddy", _caddy_as_written, signal.SIGUSR1, has_limits=False, hangs_up=True),
    Kind("envoy", envoy_as_written, None, has_files=False),
)


def _as_written(kind: Kind) -> Callable[[Path, Ports], list[str]]:
    return lambda folder, ports: kind.arguments(folder, description(folder, ports, has_files=kind.has_files))


GATEWAYS: Final[Mapping[str, Callable[[Path, Ports], list[str]]]] = {
    "nginx": _nginx,
    "traefik": _traefik,
    "caddy": _caddy,
    **{f"{kind.name}-as-written": _as_written(kind) for kind in KINDS},
}


@contextmanager
def a_gateway(name: str, program: str, folder: Path, ports: Ports) -> Iterator[None]:
    """Run a gateway until the block ends."""
    folder.mkdir()
    with a_gateway_of(program, GATEWAYS[name](folder, ports), folder, ports):
        wait_until(lambda: httpx2.get(f"{ports.issuer}/healthz").status_code == httpx2.codes.OK)
        yield


Change = tuple[str, str, str]
"""What somebody changed by hand: in which file, what, and into what."""


@contextmanager
def running(
    kind: Kind, folder: Path, ports: Ports, gateway: Gateway, *, changed: Change | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway as it is written, or changed by hand, until the block ends."""
    program = program_of(kind.name)
    if program is None:
        missing(
            f"{kind.name} is not here", remedy="`scripts/system-parts gateways`, and requirements/dev.txt, bring it"
        )
    arguments = kind.arguments(folder, gateway)
    if changed is not None:
        _change(folder, changed)
    address = f"{gateway.sites[0].origin}/healthz"
    with a_gateway_of(program, arguments, folder, ports) as process:
        wait_until(lambda: _knows(address))
        yield process


def _knows(address: str) -> bool:
    """Tell whether a gateway has read what is written for it; some listen before."""
    try:
        return httpx2.get(address, verify=False, timeout=PATIENCE).status_code != httpx2.codes.NOT_FOUND
    except httpx2.TransportError:
        return False


def _change(folder: Path, changed: Change) -> None:
    name, pattern, instead = changed
    text, times = re.subn(pattern, instead, (folder / name).read_text())
    assert times
    (folder / name).write_text(text)


@contextmanager
def a_gateway_of(
    program: str, arguments: Sequence[str], folder: Path, ports: Ports
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway with these arguments until the block ends."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["env", f"HOME={folder}", f"XDG_DATA_HOME={folder}", f"XDG_CONFIG_HOME={folder}", program, *arguments],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: _listens(ports.gateway) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text("utf-8")
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True
