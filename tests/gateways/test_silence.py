"""What the real gateways write down: nothing by which somebody could come in."""

from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.gateways.servers import KINDS, Kind, Ports, description, running
from tests.processes import free_port

SECRET: Final = "canary-4d1f0c"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_secrets_of_a_request_are_written_nowhere_though_no_server_answers(kind: Kind, tmp_path: Path) -> None:
    ports = Ports(free_port(), free_port(), free_port())
    fields = {"authorization": f"Bearer {SECRET}", "cookie": f"dw_sso={SECRET}", "referer": f"http://a/?{SECRET}"}
    with running(kind, tmp_path, ports, description(tmp_path, ports, has_files=kind.has_files)):
        for path in ("/open/list", "/app/list", "/oauth/authorize"):
            answer = httpx2.get(f"{ports.issuer}{path}?code={SECRET}", headers=fields)

            assert answer.status_code in (500, 502, 503)

    assert [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []
