"""A guarded application behind the nginx that is written for it: with a yes that is kept, and asked each time."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import truediv
from pathlib import Path
from typing import Final

from benchmarks import browser, load
from benchmarks.deployment import Deployment
from benchmarks.filling import fill, login_of
from benchmarks.limits import bare_asgi
from benchmarks.load import CALLERS
from benchmarks.machine import ALONE
from benchmarks.processes import Server, free_port, serving
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, CannotMeasure, Run
from benchmarks.wire import Connection
from doorward.gateway import nginx
from doorward.gateway.description import described
from doorward.gateway.topology import Topology
from doorward.settings.load import given

_ACCOUNTS: Final = 20
_PATH: Final = "/app/"
_FILE: Final = f"{_PATH}index.html"  # a folder's name would lead nginx to its index inside, and have it ask twice
_READY: Final = "/ready"
_HTTP: Final = """daemon off; master_process off; user root; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{ access_log off; include {folder}/sites.conf; }}
"""
_BARE: Final = """upstream bare {{ server 127.0.0.1:{asked}; keepalive 32; }}
server {{
    listen 127.0.0.1:{port};
    location = /_ask {{
        internal;
        proxy_pass http://bare/;
        proxy_http_version 1.1;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header Connection "";
    }}
    location /app/ {{
        auth_request /_ask;
        alias {files}/;
    }}
    location = /ready {{
        return 200;
    }}
}}
"""


def _measure(run: Run) -> Sequence[Row]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise CannotMeasure("nginx is not here; `scripts/system-parts gateways` brings it")
    port, bare_port, asked_port = free_port(), free_port(), free_port()
    files = run.folder / "files"
    files.mkdir()
    (files / "index.html").write_text("<!doctype html><title>Reports</title>")
    filled = fill(Deployment.new(run.folder / "edge", also=lambda _: _settings(port)), _ACCOUNTS)
    rates: dict[str, list[float]] = {"bare": [], "same": [], "asked": [], "kept": []}
    bare = [sys.executable, "-m", "benchmarks.limits.bare_asgi", str(asked_port)]
    log = run.folder / "bare.log"
    with (
        filled.deployment.served(cores=ALONE) as server,
        serving(bare, asked_port, ready=bare_asgi.READY, environment={}, cores=ALONE, log=log) as yes,
    ):
        gateways: Mapping[str, Callable[[], AbstractContextManager[Server]]] = {
            "bare": lambda: _bare(run.folder / "bare", program, yes, files, bare_port),
            "same": lambda: _written(run.folder / "same", program, yes, files, port, seconds=0),
            "asked": lambda: _written(run.folder / "asked", program, server, files, port, seconds=0),
            "kept": lambda: _written(run.folder / "kept", program, server, files, port, seconds=2),
        }
        with gateways["asked"]() as gateway:
            headers = {"Host": f"localhost:{port}", "Cookie": load.run(_cookies(gateway))}
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: asked of a bare server, of it by the same nginx, of ours, kept")
            for name, start in gateways.items():
                with start() as gateway:
                    rates[name].append(load.reading(gateway, _FILE, headers, run.seconds).rate)
    return _rows(rates)


def _settings(port: int) -> Mapping[str, str]:
    issuer = f"http://localhost:{port}"
    return {"issuer": issuer, "protected_hosts": json.dumps([{"origin": issuer}]), "trusted_proxies": "127.0.0.1/32"}


async def _cookies(server: Server) -> str:
    connection = await Connection.to(server.port)
    cookies = await browser.sign_in(connection, server.port, login_of(1))
    connection.close()
    return cookies


@contextmanager
def _written(folder: Path, program: str, server: Server, files: Path, port: int, *, seconds: int) -> Iterator[Server]:
    """Run nginx as it is written."""
    folder.mkdir(exist_ok=True)
    topology = {
        "auth": {"servers": [f"127.0.0.1:{server.port}"]},
        "gateway": {
            "listen": ["127.0.0.1"],
            "networks": ["127.0.0.1/32"],
            "verdict_seconds": seconds,
            "state": str(folder),
        },
        "applications": [{"origin": f"http://localhost:{port}", "path": _PATH, "root": str(files)}],
    }
    settings = given({**_settings(port), "limits_scale": 1_000_000}).settings
    for name, text in nginx.written(described(settings, Topology.model_validate(topology)), folder).items():
        (folder / name).write_text(text)
    (folder / "sites.conf").write_text(f"include {folder}/doorward.conf;")
    with _running(folder, program, port, ready="/healthz") as running:
        yield running


@contextmanager
def _bare(folder: Path, program: str, server: Server, files: Path, port: int) -> Iterator[Server]:
    """Run nginx by hand, which asks and does nothing else."""
    folder.mkdir(exist_ok=True)
    (folder / "sites.conf").write_text(_BARE.format(port=port, asked=server.port, files=files))
    with _running(folder, program, port, ready=_READY) as running:
        yield running


@contextmanager
def _running(folder: Path, program: str, port: int, *, ready: str) -> Iterator[Server]:
    place = folder / "nginx.conf"
    place.write_text(_HTTP.format(folder=folder))
    command, log = [program, "-c", str(place)], folder / "nginx.log"
    with serving(command, port, ready=ready, environment={}, cores=ALONE, log=log) as running:
        yield running


def _rows(rates: Mapping[str, Sequence[float]]) -> Sequence[Row]:
    note = f"{CALLERS} callers with a session; nginx and whom it asks share one core"
    return [
        Row(
            "edge",
            "a file behind nginx, asked of us each time ÷ asked of a bare ASGI server",
            Spread.of_each(rates["asked"], rates["bare"], truediv),
            goal=at_least(0.8),
            limit=f"{Spread.of(rates['bare'])} /s",
            ours=f"{Spread.of(rates['asked'])} /s",
            note=note,
        ),
        Row(
            "edge",
            "the same nginx, asking a bare ASGI server ÷ nginx that only asks",
            Spread.of_each(rates["same"], rates["bare"], truediv),
            limit=f"{Spread.of(rates['bare'])} /s",
            ours=f"{Spread.of(rates['same'])} /s",
            note="what its log, limits and header fields take; whoever answers in no time reaches this",
        ),
        Row(
            "edge",
            "the same, with a yes that is kept for two seconds at most ÷ asked each time",
            Spread.of_each(rates["kept"], rates["asked"], truediv),
            goal=at_least(3),
            limit=f"{Spread.of(rates['asked'])} /s",
            ours=f"{Spread.of(rates['kept'])} /s",
            note=note,
        ),
    ]


BENCH: Final = Bench("edge", "A guarded application behind nginx", _measure)
"""What it costs to ask, and what it saves to keep the answer."""
