import pytest

from tests.applications import SPA
from tests.functional.oauth.conftest import Caller
from tests.functional.site import SPA as LISTED
from tests.functional.site import Site

OWN = "https://app.example"
ASKS = {"access-control-request-method": "POST", "access-control-request-headers": "dpop"}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/userinfo", "/oauth/revoke"])
def test_cors_registered_origin_may_read_what_applications_call(spa: Caller, path: str) -> None:  # C-11
    preflight = spa.http.options(path, headers={"origin": OWN, **ASKS})
    answer = spa.http.post(path, headers={"origin": OWN})

    assert preflight.headers["access-control-allow-origin"] == OWN
    assert "dpop" in preflight.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == OWN
    assert "dpop-nonce" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "https://app.example.evil.example", OWN + ":8443", OWN.upper(), LISTED]
)
def test_cors_other_origins_may_not(spa: Caller, origin: str) -> None:  # C-11
    preflight = spa.http.options("/oauth/token", headers={"origin": origin, **ASKS})
    answer = spa.exchange(None, {"origin": origin})

    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "origin"


def test_cors_origin_of_a_client_that_was_disabled_may_not_any_more(spa: Caller) -> None:
    spa.house.flows.clients.set_enabled(SPA.id, enabled=False)
    spa.site.clock.advance(spa.house.tools.keyring.reread_after * 10)

    answer = spa.http.post("/oauth/token", headers={"origin": OWN})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.requirement("T-02")
@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/logout"])
def test_cors_pages_are_open_to_nobody(people: Site, path: str) -> None:
    answer = people.client().options(path, headers={"origin": OWN, **ASKS})

    assert "access-control-allow-origin" not in answer.headers
