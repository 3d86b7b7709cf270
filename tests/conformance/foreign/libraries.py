"""Client libraries that others wrote, each in a process of Node, and a server of our own that they speak with."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark import ParameterSet
from joserfc.jwk import ECKey, OKPKey, RSAKey

from doorward.assembly.house import House, open_house
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientAuthentication, ClientType, GrantType
from doorward.settings.load import given
from tests.house import PASSWORD
from tests.library import installed
from tests.processes import serving

FOLDER: Final = Path(__file__).parents[1] / "clients"
PERSON: Final = "margaret"
REPORTS: Final = "https://reports.example"
INVOICES: Final = "https://invoices.example"

_VARIABLES: Final = {
    "DOORWARD_CLIENT_REGISTRATION": "token",
    "DOORWARD_AUTHORIZATION_DETAILS_TYPES": "payment",
    "DOORWARD_LIMITS_SCALE": "1000",
}
_WEB: Final = Wanted(
    "An application",
    ClientType.WEB,
    scopes=("openid", "profile", "email", "offline_access", "reports:read"),
    resources=(REPORTS, INVOICES),
)
_PUBLIC: Final = ClientAuthentication.NONE
_BY_KEY: Final = ClientAuthentication.PRIVATE_KEY


@dataclass(frozen=True)
class Foreign:
    """A process in which the scenarios of one library run, one after the other."""

    process: subprocess.Popen[str]
    scenarios: tuple[str, ...]

    def complaint(self, scenario: str) -> str | None:
        """Run a scenario, and return what the library complains about."""
        found = _said(self.process, scenario)
        return None if found is None else str(found)


def cases(scenarios: Mapping[str, tuple[str, ...]]) -> list[ParameterSet]:
    """Return scenarios as parameters of a test, with the ids of the requirements that each proves."""
    return [
        pytest.param(name, marks=[pytest.mark.requirement(*ids)] if ids else [], id=name)
        for name, ids in scenarios.items()
    ]


def modules() -> Path:
    """Return the folder of the libraries, with what their lock names."""
    return installed(FOLDER)


@contextmanager
def running(library: str, world: Mapping[str, JsonValue]) -> Iterator[Foreign]:
    """Run the process of a library in a world while the block runs."""
    command = ["node", "run.mjs", library]
    with subprocess.Popen(command, cwd=modules(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            names = _said(process, world)
            assert isinstance(names, list)
            yield Foreign(process, tuple(map(str, names)))
        finally:
            process.kill()


@contextmanager
def a_world(folder: Path) -> Iterator[dict[str, JsonValue]]:
    """Run a server at which one person and every kind of client is known, and yield what there is to know of it."""
    data = folder / "data"
    with a_house(data) as house:
        world = _prepared(house)
    with serving(data, variables=_VARIABLES) as server:
        yield {**world, "issuer": server.url}


@contextmanager
def a_house(data: Path) -> Iterator[House]:
    """Open the house of a server, whether that runs or not, in this process, which is faster than its command line."""
    house = open_house(given({"data_dir": data, "client_registration": "token"}))
    try:
        house.prepare()
        yield house
    finally:
        house.close()


def _prepared(house: House) -> dict[str, JsonValue]:
    """Register everybody, and return who they are."""
    house.flows.add_account(PERSON, f"{PERSON}@mail.example", password=PASSWORD)
    tokens = house.flows.clients.registration_tokens
    return {
        "clients": {name: _registered(house, name, wanted) for name, wanted in _clients().items()},
        "keys": {algorithm.value: _key(algorithm, private=True) for algorithm in Algorithm},
        "person": PERSON,
        "password": PASSWORD,
        "reports": REPORTS,
        "invoices": INVOICES,
        "registrationToken": tokens.initial(house.clock.now(), lives=timedelta(hours=1)),
    }


def _clients() -> dict[str, Wanted]:
    """Return the clients by what scenarios call them."""
    by_key = replace(_WEB, authentication=_BY_KEY, jwks=_key_set())
    native = replace(
        _WEB,
        type=ClientType.NATIVE,
        authentication=_PUBLIC,
        grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE),
        redirect_uris=("http://127.0.0.1/back",),
    )
    serving_others = (GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE)
    return {
        "basic": _WEB,
        "post": replace(_WEB, authentication=ClientAuthentication.SECRET_POST, resources=()),
        "key": by_key,
        "strict": replace(by_key, requires_pushed_request=True, requires_dpop=True),
        "signed": replace(_WEB, id_token_algorithm=Algorithm.ES256, userinfo_algorithm=Algorithm.ES256),
        "pairwise": replace(_WEB, is_pairwise=True),
        "spa": replace(_WEB, type=ClientType.SPA, authentication=_PUBLIC),
        "native": native,
        "service": Wanted(
            "A service",
            ClientType.SERVICE,
            grants=serving_others,
            scopes=("reports:read",),
            resources=(REPORTS, INVOICES),
            audiences=(REPORTS,),
        ),
    }


def _registered(house: House, name: str, wanted: Wanted) -> dict[str, JsonValue]:
    """Register a client, and return what it knows of itself."""
    back, bye = f"https://{name}.example/back", f"https://{name}.example/bye"
    if wanted.type is not ClientType.SERVICE:
        wanted = replace(wanted, redirect_uris=wanted.redirect_uris or (back,), post_logout_redirect_uris=(bye,))
    registered = house.flows.clients.add(replace(wanted, id=name))
    address = next(iter(registered.client.redirect_uris), None)
    return {"id": name, "secret": registered.secret, "redirectUri": address, "byeUri": bye}


@cache
def _pairs() -> Mapping[Algorithm, ECKey | RSAKey | OKPKey]:
    """Return a pair of keys for each algorithm, of no more bits than are taken: more are slow to make."""
    return {
        Algorithm.ES256: ECKey.generate_key("P-256"),
        Algorithm.RS256: RSAKey.generate_key(2048),
        Algorithm.PS256: RSAKey.generate_key(2048),
        Algorithm.EDDSA: OKPKey.generate_key("Ed25519"),
    }


def _key(algorithm: Algorithm, *, private: bool = False) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = json.loads(json.dumps(_pairs()[algorithm].as_dict(private=private)))
    return {**members, "kid": algorithm.value}


def _key_set() -> str:
    return json.dumps({"keys": [_key(algorithm) for algorithm in Algorithm]})


def _said(process: "subprocess.Popen[str]", line: object) -> JsonValue:
    """Say a line, and return the line that comes back."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(line)}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer, f"the process ended: {process.wait(10)}"
    said: JsonValue = json.loads(answer)
    return said
