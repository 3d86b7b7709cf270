"""Bearer tokens in front of guarded hosts."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from httpx2 import Response

from tests.applications import SCOPE, SPA, another
from tests.functional.gateways.seeker import APP, AUDIENCE, FETCH, NAVIGATION, OWN, REPORTS, VAULT, Seeker, as_nginx
from tests.functional.oauth.conftest import Caller
from tests.functional.site import App, Site

URL = f"{REPORTS}/v2/7"
VAULT_URL = f"{VAULT}/box"


@pytest.fixture
def holder(gate: Site) -> Caller:
    """Return an application that somebody lets read reports."""
    return Caller(gate, another(SPA, resources=(AUDIENCE, "urn:example:vault")))


def bearer(token: str) -> Mapping[str, str]:
    return {**FETCH, "authorization": f"Bearer {token}"}


def ask(site: Site, url: str, token: str) -> Seeker:
    return Seeker(site).want(url, **bearer(token))


def refused(seeker: Seeker) -> tuple[int, str, str]:
    """Return how a request was refused: status, code and challenge; it leads nowhere."""
    answer: Response = seeker.answer
    assert "location" not in answer.headers
    return answer.status_code, answer.json()["code"], answer.headers.get("www-authenticate", "")


def test_token_for_the_hosts_resource_is_let_in_and_names_its_client(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]

    told = ask(gate, URL, token).told

    assert told["subject"] == holder.app.account_id
    assert (told["client"], told["scopes"]) == (holder.client.id, SCOPE.replace(" ", " "))
    assert (told["username"], told["email"], told["roles"]) == ("", "", "")
    assert told["session"] != ""
    assert told["time"] != ""


def test_token_works_for_any_method_and_at_nginx(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]

    assert Seeker(gate).want(URL, "DELETE", **bearer(token)).status == 200
    assert Seeker(gate).ask(URL, **as_nginx(URL, "POST"), **bearer(token)).status == 200


def test_token_for_anything_else_is_refused(gate: Site, holder: Caller) -> None:
    app = App(gate)
    app.sign_in()
    elsewhere = holder.tokens(resources=("urn:example:vault",))["access_token"]
    userinfo = holder.tokens()["access_token"]
    web = Seeker(gate).sign_in().cookie("access") or ""
    right = holder.tokens(resources=(AUDIENCE,))

    for token in (elsewhere, userinfo, web, app.access_token, right["refresh_token"], right["id_token"], "x", ""):
        assert refused(ask(gate, URL, token)) == (401, "TOKEN_INVALID", 'Bearer error="invalid_token"')
    for url in (f"{APP}/", f"{OWN}/app"):
        assert refused(ask(gate, url, right["access_token"]))[1] == "TOKEN_INVALID"


@pytest.mark.parametrize("scheme", ["DPoP", "Basic", "Token", "bearer", "BEARER"])
def test_scheme_is_bearer_in_any_case(gate: Site, holder: Caller, scheme: str) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]

    status = Seeker(gate).want(URL, **{**FETCH, "authorization": f"{scheme} {token}"}).status

    assert status == (200 if scheme.lower() == "bearer" else 401)


def test_bad_token_leads_nobody_to_sign_in(gate: Site) -> None:
    seeker = Seeker(gate).want(URL, **NAVIGATION, authorization="Bearer x")

    assert refused(seeker)[:2] == (401, "TOKEN_INVALID")


def test_token_without_the_scope_is_told_which_it_needs(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,), scope="openid profile")["access_token"]

    expected = 'Bearer error="insufficient_scope", scope="reports:read"'
    assert refused(ask(gate, URL, token)) == (403, "INSUFFICIENT_SCOPE", expected)


def test_token_of_an_ended_session_is_refused_at_once(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]
    assert ask(gate, URL, token).status == 200

    holder.app.sign_out()

    assert refused(ask(gate, URL, token))[:2] == (401, "TOKEN_INVALID")


def test_token_of_a_disabled_client_is_refused(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]
    assert ask(gate, URL, token).status == 200

    gate.house.flows.clients.set_enabled(holder.client.id, enabled=False)

    assert refused(ask(gate, URL, token))[:2] == (401, "TOKEN_INVALID")


def test_token_past_its_minutes_is_refused(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=(AUDIENCE,))["access_token"]
    gate.clock.advance(timedelta(minutes=5))

    assert refused(ask(gate, URL, token))[:2] == (401, "TOKEN_INVALID")


def test_role_of_the_person_counts_through_a_token_as_it_is_now(gate: Site, holder: Caller) -> None:
    token = holder.tokens(resources=("urn:example:vault",))["access_token"]
    assert refused(ask(gate, VAULT_URL, token))[:2] == (403, "HOST_FORBIDDEN")

    gate.house.flows.set_role(holder.app.account_id, "keeper", granted=True)

    assert ask(gate, VAULT_URL, token).told["roles"] == "keeper"
