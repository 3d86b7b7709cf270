"""Every flow of oauth4webapi, a strict library for clients that others wrote (npm), call by call."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.conformance.foreign.conftest import World
from tests.conformance.foreign.libraries import Foreign, cases, running

SCENARIOS: Final = {
    "discovery by OpenID Connect and by OAuth": ("D-01", "D-02", "D-03", "D-05"),
    "discovery of the resource that tells of people": ("D-06",),
    "code of a client with a secret in the header": ("O-02", "O-14"),
    "code of a client with a secret in the body": ("T-01",),
    "code of a client that signs": (),
    "code of a page": ("O-10",),
    "code of an app": ("A-11",),
    "code of a client whose tokens are signed with ES256": ("J-01",),
    "code of a client that takes no longer sign-in than an hour": (),
    "pushed request": ("A-01", "A-02"),
    "signed request": ("A-05", "A-06", "J-03"),
    "answer as a form": ("D-05",),
    "refresh tokens are used once": ("O-11", "O-18", "S-04"),
    "client credentials": ("O-15",),
    "access token at its resource": ("J-15", "J-16", "J-18", "S-05"),
    "ID token is no access token": ("J-09", "B-04"),
    "access token at its resource with proof of possession": ("J-16", "A-12"),
    "resources": ("A-08",),
    "token exchange": ("A-10",),
    "introspection and revocation": ("R-01", "R-02", "I-02", "I-03"),
    "proof of possession of a page": ("A-13", "A-14", "A-15"),
    "proof of possession with every kind of key": ("A-12", "J-03"),
    "pushed request, signing client and proof of possession together": ("A-16",),
    "device without a browser": ("A-09",),
    "registering oneself": (),
    "refusals come back with state and issuer": ("O-05", "O-13", "D-05", "P-01"),
    "authorization details": (),
}


@pytest.fixture(scope="module")
def library(world: World) -> Iterator[Foreign]:
    with running("oauth4webapi", world) as started:
        yield started


@pytest.mark.parametrize("scenario", cases(SCENARIOS))
def test_oauth4webapi(library: Foreign, scenario: str) -> None:
    complaint = library.complaint(scenario)

    assert complaint is None, complaint


def test_oauth4webapi_has_no_scenario_that_is_not_run(library: Foreign) -> None:
    assert set(library.scenarios) == set(SCENARIOS)
