from datetime import timedelta

import pytest

from doorward.core.oauth.records import Client
from tests.applications import INVOICES, REPORTS, SCOPE, SERVER, SPA, another, claims
from tests.functional.oauth.conftest import Caller, error
from tests.functional.site import Site

INTROSPECT = "/oauth/introspect"
INACTIVE = {"active": False}


@pytest.fixture
def holder(people: Site) -> Caller:
    """Return the application that holds tokens for the service."""
    return Caller(people, another(SPA, resources=(REPORTS,)))


@pytest.fixture
def service(people: Site) -> Caller:
    """Return the resource server that tokens are for."""
    return Caller(people, another(SERVER, resources=(), audiences=(REPORTS,)))


def look(asker: Caller, token: str, **more: str) -> object:
    answer = asker.post(INTROSPECT, None, token=token, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def active(asker: Caller, token: str) -> dict[str, object]:
    told = look(asker, token)
    assert isinstance(told, dict)
    assert told["active"] is True
    return told


@pytest.mark.requirement("I-01")
def test_introspect_tells_the_audience_what_a_token_is_good_for(holder: Caller, service: Caller) -> None:
    token = holder.tokens(resources=(REPORTS,))["access_token"]

    told = active(service, token)

    said = claims(token)
    assert {name: told[name] for name in ("sub", "aud", "client_id", "scope", "exp", "iat", "jti", "sid")} == {
        name: said[name] for name in ("sub", "aud", "client_id", "scope", "exp", "iat", "jti", "sid")
    }
    assert told["token_type"] == "Bearer"


@pytest.mark.requirement("I-01")
def test_introspect_tells_a_client_of_its_own_tokens(server: Caller) -> None:
    tokens = server.tokens()

    access, refresh = active(server, tokens["access_token"]), active(server, tokens["refresh_token"])

    assert (access["client_id"], refresh["client_id"], refresh["scope"]) == (server.client.id, server.client.id, SCOPE)


def test_introspect_tells_what_was_granted_in_detail(server: Caller) -> None:
    tokens = server.tokens(details='[{"type":"payment","amount":12}]')

    for name in ("access_token", "refresh_token"):
        assert active(server, tokens[name])["authorization_details"] == [{"type": "payment", "amount": 12}]


@pytest.mark.requirement("I-01", "I-02")
@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "x"])
def test_introspect_tells_others_nothing(holder: Caller, service: Caller, hint: str) -> None:
    tokens = holder.tokens()
    other = Caller(service.site, another(SERVER, resources=(REPORTS,), audiences=(INVOICES,)))
    for_service = holder.tokens(resources=(REPORTS,))["access_token"]

    assert look(service, tokens["access_token"], token_type_hint=hint) == INACTIVE
    assert look(service, tokens["refresh_token"], token_type_hint=hint) == INACTIVE
    assert look(other, for_service, token_type_hint=hint) == INACTIVE


@pytest.mark.requirement("I-01", "I-02")
def test_introspect_client_that_may_only_ask_is_told_nothing_and_its_operator_of_what_is_unsaid(holder: Caller) -> None:
    site, token = holder.site, holder.tokens(resources=(REPORTS,))["access_token"]
    askers = [Caller(site, another(SERVER, resources=(REPORTS,), audiences=said)) for said in (None, ())]

    told = [look(asker, token) for asker in askers for _ in range(2)]

    noted = [(code, reason) for code, reason, *_ in site.notes.refusals if code == "AUDIENCES_UNSAID"]
    assert told == [INACTIVE] * 4
    assert noted == [("AUDIENCES_UNSAID", askers[0].client.id)] * 2


@pytest.mark.requirement("I-02")
@pytest.mark.parametrize("token", ["x", "a.b.c", "dwr1_a_0_b_c", "{}", "x" * 9000])
def test_introspect_what_is_no_token_is_inactive_and_nothing_else(service: Caller, token: str) -> None:
    assert look(service, token) == INACTIVE


@pytest.mark.requirement("I-01")
def test_introspect_public_client_is_refused(holder: Caller) -> None:
    answer = holder.post(INTROSPECT, token="x")

    assert error(answer) == (401, "invalid_client")


@pytest.mark.requirement("I-01")
def test_introspect_nobody_is_refused(service: Caller) -> None:
    assert error(service.http.post(INTROSPECT, data={"token": "x"})) == (401, "invalid_client")


def test_introspect_without_a_token_is_refused(service: Caller) -> None:
    assert error(service.post(INTROSPECT)) == (400, "invalid_request")


@pytest.mark.requirement("I-03")
def test_introspect_spent_refresh_token_is_inactive(server: Caller) -> None:
    first = server.tokens()["refresh_token"]
    second = server.post("/oauth/token", grant_type="refresh_token", refresh_token=first).json()["refresh_token"]

    assert look(server, first) == INACTIVE
    assert active(server, second)["active"]


@pytest.mark.requirement("I-03")
def test_introspect_token_that_is_over_is_inactive(holder: Caller, service: Caller) -> None:
    token = holder.tokens(resources=(REPORTS,))["access_token"]
    service.site.clock.advance(timedelta(minutes=5))

    assert look(service, token) == INACTIVE


@pytest.mark.requirement("I-03")
def test_introspect_token_of_a_client_for_itself_lives_as_long_as_the_client_is_enabled(people: Site) -> None:
    client: Client = another(SERVER, resources=(REPORTS,))
    app, service = Caller(people, client), Caller(people, another(SERVER, audiences=(REPORTS,)))
    token = app.post("/oauth/token", grant_type="client_credentials").json()["access_token"]
    assert active(service, token)["sub"] == client.id

    people.house.flows.clients.set_enabled(client.id, enabled=False)

    assert look(service, token) == INACTIVE


@pytest.mark.requirement("I-03", "J-09")
def test_introspect_tokens_of_our_own_sessions_are_nobodys_business(people: Site) -> None:
    greedy = Caller(people, another(SERVER, audiences=("https://auth.example", "https://auth.example/v1/web")))
    device = people.device()
    device.sign_in()

    assert look(greedy, device.access_token) == INACTIVE
    assert look(greedy, device.refresh_token) == INACTIVE
