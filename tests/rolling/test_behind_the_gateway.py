"""Servers are replaced one after another behind a real gateway, under traffic, and no request fails."""

from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from doorward.settings.sections.server import DRAIN_SECONDS
from tests.gateways.servers import Ports, a_gateway_of, description, program_of, written
from tests.parts import missing
from tests.processes import free_port
from tests.rolling.deploy import Deploy
from tests.rolling.releases import Release
from tests.rolling.traffic import MailServer, Traffic


@pytest.fixture
def nginx() -> str:
    found = program_of("nginx")
    if found is None:
        missing("nginx is not here", remedy="`scripts/system-parts gateways` brings it")
    return found


def test_release_with_a_new_version_of_the_api_is_rolled_out_and_fails_no_request(
    nginx: str, releases: tuple[Release, Release], mail: MailServer, tmp_path: Path
) -> None:
    before, after = releases
    ports = Ports(free_port(), free_port(), free_port(), (free_port(),))
    deploy = Deploy(f"sqlite:///{tmp_path}/store.sqlite3", mail, tmp_path, issuer=ports.issuer)
    deploy.gateway.ports, deploy.gateway.host = (ports.gateway,), "localhost"
    traffic = Traffic(deploy.gateway, mail)
    (tmp_path / "gateway").mkdir()
    place = written(tmp_path / "gateway", description(tmp_path / "gateway", ports))

    with ExitStack() as new, ExitStack() as first, ExitStack() as second:
        deploy.variables["DOORWARD_DRAIN_SECONDS"] = str(DRAIN_SECONDS)
        first.enter_context(deploy.started(before, port=ports.doorward))
        second.enter_context(deploy.started(before, port=ports.others[0]))
        new.enter_context(a_gateway_of(nginx, ["-c", str(place)], tmp_path / "gateway", ports))
        with traffic.flowing() as a_round:
            a_round()
            deploy.run(after, "store", "migrate")
            for old, port in ((first, ports.doorward), (second, ports.others[0])):
                with traffic.sparse():
                    old.close()
                    a_round()
                    new.enter_context(deploy.started(after, port=port))
                a_round()
        traffic.end()
        asked = {path: httpx2.get(f"{ports.issuer}{path}") for path in ("/v1/mobile/me", "/v2/mobile/me")}

    assert deploy.gateway.failures == []
    assert (len(traffic.residents), len(traffic.browsers)) == (traffic.clients, traffic.clients)
    assert [answer.status_code for answer in asked.values()] == [401, 401]
    assert ["sunset" in answer.headers for answer in asked.values()] == [True, False]
