"""A file of 1 GiB on its way in and out: how fast, in how much memory, and how nginx does by itself."""

import http.client
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import truediv
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from benchmarks.deployment import Deployment
from benchmarks.filling import PASSWORD, fill, login_of
from benchmarks.machine import ALONE, REST, resident_mib
from benchmarks.processes import HOST, Server, free_port, serving
from benchmarks.report import Row, Spread, at_least, at_most
from benchmarks.run import Bench, CannotMeasure, Run

_MIB: Final = 1 << 20
_SIZE: Final = 1024 * _MIB
_QUICK_SIZE: Final = 128 * _MIB
_LOCATION: Final = "/kept-files/"
_READY: Final = "/ready"
_HTTP: Final = """daemon off; master_process off; user root; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    sendfile on;
    server {{
        listen 127.0.0.1:{port};
        location = /ready {{ return 200; }}
        location /plain/ {{ alias {kept}/; }}
        location /f/ {{
            proxy_pass http://127.0.0.1:{server};
            proxy_set_header Host 127.0.0.1:{server};
            proxy_http_version 1.1;
        }}
        location {location} {{ internal; alias {kept}/; }}
    }}
}}
"""


def _measure(run: Run) -> Sequence[Row]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise CannotMeasure("nginx is not here; `scripts/system-parts gateways` brings it")
    size = _QUICK_SIZE if run.is_quick else _SIZE
    deployment = fill(Deployment.new(run.folder / "kept", also=lambda _: _settings({})), 1).deployment
    figures: dict[str, list[float]] = {name: [] for name in ("up", "growth up", "down", "growth down")}
    with deployment.served(cores=ALONE) as server:
        token = _token(server)
        for turn in range(run.rounds):
            run.say(f"round {turn + 1} of {run.rounds}: {size // _MIB} MiB in, and out")
            file_id = ""
            with _peak(server, figures["growth up"]):
                file_id = _uploaded(server, token, size, figures["up"])
            with _peak(server, figures["growth down"]):
                _downloaded(server, _link(server, token, file_id), size, figures["down"])
            if turn + 1 < run.rounds:
                _ask(server, "DELETE", f"/v1/mobile/files/{file_id}", token)
    offloaded = replace(deployment, also=lambda _: _settings({"files_accel": _LOCATION}))
    rates: dict[str, list[float]] = {"plain": [], "offloaded": []}
    with offloaded.served(cores=ALONE) as server, _nginx(run.folder / "nginx", program, server, deployment) as nginx:
        token = _token(server)
        plain = _plain(deployment.folder / "files", size)
        for _ in range(run.rounds):
            _downloaded(nginx, plain, size, rates["plain"])
            _downloaded(nginx, _link(server, token, file_id), size, rates["offloaded"])
    return _rows(figures, rates, size // _MIB)


def _settings(also: Mapping[str, str]) -> Mapping[str, str]:
    return {"files_max_bytes": str(_SIZE), "files_quota_bytes": str(2 * _SIZE), **also}


def _token(server: Server) -> str:
    body = {"username": login_of(0), "password": PASSWORD}
    answer = json.loads(_ask(server, "POST", "/v1/auth/login_mobile", None, json.dumps(body)))
    if "access_token" not in answer:
        raise CannotMeasure(f"nobody could sign in: {answer}")
    token: str = answer["access_token"]
    return token


def _ask(server: Server, method: str, path: str, token: str | None, body: str | None = None) -> str:
    line = http.client.HTTPConnection("localhost", server.port, timeout=60)
    headers = {"Content-Type": "application/json"} if token is None else {"Authorization": f"Bearer {token}"}
    line.request(method, path, body, headers)
    text = line.getresponse().read().decode()
    line.close()
    return text


def _uploaded(server: Server, token: str, size: int, rates: list[float]) -> str:
    """Send one file in one request, and return its id."""
    line = http.client.HTTPConnection("localhost", server.port, timeout=120)
    headers = {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(size),
        "Content-Length": str(size),
        "Content-Type": "application/offset+octet-stream",
    }
    started = time.perf_counter()
    line.request("POST", "/v1/mobile/files", _content(size), headers)
    answer = line.getresponse()
    answer.read()
    took = time.perf_counter() - started
    line.close()
    if answer.headers["upload-offset"] != str(size):
        raise CannotMeasure(f"the upload was refused with {answer.status}")
    rates.append(size / _MIB / took)
    return str(answer.headers["location"]).rpartition("/")[2]


def _content(size: int) -> Iterator[bytes]:
    block = b"%PDF-1.7" + os.urandom(_MIB - 8)
    return (block for _ in range(size // _MIB))


def _link(server: Server, token: str, file_id: str) -> str:
    parts = urlsplit(json.loads(_ask(server, "GET", f"/v1/mobile/files/{file_id}", token))["url"])
    return f"{parts.path}?{parts.query}"


def _downloaded(server: Server, target: str, size: int, rates: list[float]) -> None:
    line = http.client.HTTPConnection(HOST, server.port, timeout=120)
    started = time.perf_counter()
    line.request("GET", target)
    answer = line.getresponse()
    came, buffer = 0, bytearray(_MIB)
    while count := answer.readinto(buffer):
        came += count
    took = time.perf_counter() - started
    line.close()
    if came != size:
        raise CannotMeasure(f"{came} bytes came of {size}, with {answer.status}")
    rates.append(size / _MIB / took)


def _plain(folder: Path, size: int) -> str:
    """Return the address at which nginx serves the file by itself."""
    (kept,) = [path for path in (folder / "kept").glob("*/*") if path.stat().st_size == size]
    return f"/plain/{kept.relative_to(folder)}"


@contextmanager
def _peak(server: Server, growths: list[float]) -> Iterator[None]:
    """Note by how many MiB the memory of a server grows at most while the block runs."""
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # the peak begins anew
    before = resident_mib(server.pid)
    yield
    growths.append(_highest_mib(server.pid) - before)


def _highest_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


@contextmanager
def _nginx(folder: Path, program: str, server: Server, deployment: Deployment) -> Iterator[Server]:
    folder.mkdir()
    port, place = free_port(), folder / "nginx.conf"
    kept = deployment.folder / "files"
    place.write_text(_HTTP.format(folder=folder, port=port, server=server.port, kept=kept, location=_LOCATION))
    command: Sequence[str] = [program, "-c", str(place)]
    with serving(command, port, ready=_READY, environment={}, cores=REST, log=folder / "nginx.log") as running:
        yield running


def _rows(figures: Mapping[str, Sequence[float]], rates: Mapping[str, Sequence[float]], size: int) -> Sequence[Row]:
    of: Callable[[str], Spread] = lambda name: Spread.of(figures[name])  # noqa: E731 (one word in each row)
    return [
        Row("kept", f"a file of {size} MiB in, durable when it is answered", of("up"), "MiB/s"),
        Row("kept", "by how much that makes the server grow", of("growth up"), "MiB", goal=at_most(64)),
        Row("kept", f"a file of {size} MiB out, sent by the server itself", of("down"), "MiB/s"),
        Row("kept", "by how much that makes the server grow", of("growth down"), "MiB", goal=at_most(64)),
        Row(
            "kept",
            "the same, sent by nginx in the server's place ÷ nginx by itself",
            Spread.of_each(rates["offloaded"], rates["plain"], truediv),
            goal=at_least(0.5),
            limit=f"{Spread.of(rates['plain'])} MiB/s",
            ours=f"{Spread.of(rates['offloaded'])} MiB/s",
        ),
    ]


BENCH: Final = Bench("kept", "A large file, in and out", _measure)
"""Whether bytes stream."""
