"""Kept files that nginx sends in our place, as the guide says it and as it is written: what it adds and keeps back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from doorward.gateway.description import described
from doorward.gateway.topology import Topology
from doorward.settings.load import given
from tests.docs.markdown import blocks
from tests.gateways.people import PASSWORD, an_account
from tests.gateways.servers import Ports, a_gateway_of, program_of, written
from tests.parts import missing
from tests.processes import PATIENCE, PROJECT, Server, free_port, serving

GUIDE: Final = PROJECT / "docs" / "how-to" / "keep-files.md"
PDF: Final = b"%PDF-1.7\n" + b"x" * 300_000

_NGINX: Final = """daemon off; master_process off; user root; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{server};
            proxy_set_header Host 127.0.0.1:{port};
        }}
{location}
    }}
}}
"""


@pytest.fixture(scope="module")
def ports() -> Ports:
    """Return who listens where; files are at the other host."""
    return Ports(free_port(), free_port(), free_port())


@pytest.fixture(scope="module")
def server(ports: Ports, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("kept") / "data"
    settings = {
        "DOORWARD_ISSUER": ports.issuer,
        "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32",
        "DOORWARD_FILES_ORIGIN": ports.reports,
        "DOORWARD_FILES_ACCEL": "/kept-files/",
    }
    with serving(folder, port=ports.doorward, variables=settings) as running:
        an_account(running, "margaret")
        yield running


def of_the_guide(folder: Path, server: Server, ports: Ports) -> None:
    """Write a configuration with the location of the guide."""
    (shown,) = [block.text for block in blocks(GUIDE.read_text("utf-8")) if "internal;" in block.text]
    location = re.sub(r"/srv/doorward/data/files", str(_folder_of(server)), shown)
    assert location != shown
    text = _NGINX.format(folder=folder, port=ports.gateway, server=server.port, location=location)
    (folder / "nginx.conf").write_text(text)


def as_written(folder: Path, server: Server, ports: Ports) -> None:
    """Write a configuration as `doorward gateway nginx` does."""
    settings = {
        "issuer": ports.issuer,
        "trusted_proxies": "127.0.0.1/32",
        "files_origin": ports.reports,
        "files_url": _folder_of(server).as_uri(),
        "files_accel": "/kept-files/",
    }
    topology = {
        "auth": {"servers": [f"127.0.0.1:{server.port}"]},
        "gateway": {
            "listen": ["127.0.0.1"],
            "networks": ["127.0.0.1/32"],
            "state": str(folder),
            "log": f"{folder}/log.json",
        },
    }
    written(folder, described(given(settings).settings, Topology.model_validate(topology)))


@pytest.fixture(scope="module", params=[of_the_guide, as_written])
def gateway(
    request: pytest.FixtureRequest, server: Server, ports: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """Run nginx, and return whoever asks it."""
    program = program_of("nginx")
    if program is None:
        missing("nginx is not here", remedy="`scripts/system-parts gateways` brings it")
    folder = tmp_path_factory.mktemp("nginx")
    request.param(folder, server, ports)
    with (
        a_gateway_of(program, ["-p", str(folder), "-c", str(folder / "nginx.conf")], folder, ports),
        httpx2.Client(base_url=ports.reports, timeout=PATIENCE) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def link(server: Server, ports: Ports) -> str:
    """Keep a file, and return the path of a link to it."""
    with httpx2.Client(base_url=server.url, timeout=PATIENCE) as app:
        body = {"username": "margaret", "password": PASSWORD}
        token = app.post("/v1/auth/login_mobile", json=body).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        sent = {"tus-resumable": "1.0.0", "upload-length": str(len(PDF))}
        sent |= {"content-type": "application/offset+octet-stream", **headers}
        answer = app.post("/v1/mobile/files", content=PDF, headers=sent)
        file_id = answer.headers["location"].rpartition("/")[2]
        url: str = app.get(f"/v1/mobile/files/{file_id}", headers=headers).json()["url"]
    return url.removeprefix(ports.reports)


def test_file_is_sent_by_nginx_with_all_that_protects_it(gateway: httpx2.Client, link: str) -> None:
    answer = gateway.get(link)

    assert (answer.status_code, answer.content) == (200, PDF)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"].startswith("private, max-age=")
    assert "x-accel-redirect" not in headers


def test_range_is_cut_by_nginx(gateway: httpx2.Client, link: str) -> None:
    answer = gateway.get(link, headers={"range": "bytes=100-199"})

    assert (answer.status_code, answer.content) == (206, PDF[100:200])


def test_folder_is_closed_to_everybody_else(gateway: httpx2.Client, server: Server, link: str) -> None:
    (kept,) = (_folder_of(server) / "kept").glob("*/*")
    path = f"/kept-files/kept/{kept.parent.name}/{kept.name}"

    answers = [gateway.get(each) for each in (path, "/kept-files/", "/kept-files/../doorward.sqlite3")]

    assert {answer.status_code for answer in answers} <= {400, 404}
    assert gateway.get(f"{link}x").status_code == 403


def _folder_of(server: Server) -> Path:
    arguments = Path(f"/proc/{server.process.pid}/cmdline").read_text().split("\0")
    return Path(arguments[arguments.index("--data-dir") + 1]) / "files"
