"""Every flow of openid-client, a certified library for clients that others wrote (npm), against a server of our own."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.conformance.foreign.conftest import World
from tests.conformance.foreign.libraries import Foreign, cases, running

SCENARIOS: Final = {
    "discovery by OpenID Connect": ("D-01", "D-02", "D-03", "P-07"),
    "discovery by OAuth": ("D-01",),
    "code of a client with a secret in the header": ("O-02", "O-14", "D-05", "S-10"),
    "code of a client with a secret in the body": ("T-01", "O-14"),
    "code of a client that signs with ES256": (),
    "code of a client that signs with RS256": (),
    "code of a client that signs with PS256": (),
    "code of a client that signs with Ed25519": ("J-03",),
    "code of a page": ("O-10",),
    "code of an app at whatever port is free": ("S-01", "A-11"),
    "code of a client whose tokens are signed with ES256": ("J-01",),
    "people under numbers of their own": (),
    "pushed request": ("A-01", "A-02"),
    "signed request": ("A-05", "A-06"),
    "signed request that is pushed": ("A-01", "A-05", "A-06"),
    "answer as a form": ("D-05",),
    "refresh tokens are used once": ("O-18", "S-04"),
    "client credentials": ("O-15", "J-19"),
    "resources": ("A-08", "S-05"),
    "token exchange": ("A-10",),
    "introspection and revocation": ("R-01", "I-02", "I-03"),
    "introspection at the resource": ("I-01", "I-02"),
    "proof of possession by a client with a secret": ("A-12", "A-15"),
    "proof of possession binds the refresh token of a page": ("A-13", "A-14", "S-04"),
    "proof of possession with Ed25519": ("A-12", "J-03"),
    "client credentials with proof of possession": ("A-12",),
    "pushed request, signing client and proof of possession together": ("A-01", "A-16"),
    "device without a browser": ("A-09",),
    "device that somebody does not let in": ("A-09",),
    "device with proof of possession": ("A-09", "A-13"),
    "signing out": (),
    "registering oneself": (),
    "nobody is asked when nobody may be asked": ("S-02",),
    "signing in anew": (),
    "claims and classes of sign-in": (),
    "authorization details": (),
    "refusals": ("O-13", "O-17", "A-08"),
    "a code is used once": ("O-12",),
}


@pytest.fixture(scope="module")
def library(world: World) -> Iterator[Foreign]:
    with running("openid-client", world) as started:
        yield started


@pytest.mark.parametrize("scenario", cases(SCENARIOS))
def test_openid_client(library: Foreign, scenario: str) -> None:
    complaint = library.complaint(scenario)

    assert complaint is None, complaint


def test_openid_client_has_no_scenario_that_is_not_run(library: Foreign) -> None:
    assert set(library.scenarios) == set(SCENARIOS)
