from datetime import timedelta

import pytest

from doorward.core.keys.records import Algorithm
from tests.applications import SERVER, SPA, another, claims
from tests.builders import ISSUER
from tests.functional.oauth.conftest import Caller, error
from tests.functional.site import Site
from tests.proofs import Holder

USERINFO = "/oauth/userinfo"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.requirement("O-16")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_tells_what_the_scopes_cover(spa: Caller, method: str) -> None:
    tokens = spa.tokens(scope="openid email")

    answer = spa.http.request(method, USERINFO, headers=bearer(tokens["access_token"]))

    assert answer.json() == {
        "sub": claims(tokens["id_token"])["sub"],
        "email": "margaret@mail.example",
        "email_verified": True,
    }
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


def test_userinfo_tells_when_the_person_changed_something_last(spa: Caller) -> None:
    clock, flows, account_id = spa.site.clock, spa.house.flows, spa.app.account_id
    token = spa.tokens(scope="openid profile")["access_token"]
    made_at = spa.http.get(USERINFO, headers=bearer(token)).json()["updated_at"]
    clock.advance(timedelta(minutes=1))

    flows.change_profile(account_id, username="adele")

    body = spa.http.get(USERINFO, headers=bearer(token)).json()
    assert (body["preferred_username"], body["updated_at"]) == ("adele", made_at + 60)


def test_userinfo_and_tokens_tell_all_claims_that_the_metadata_names_and_no_others(people: Site) -> None:
    app = Caller(people, another(SPA, scopes=(*SPA.scopes, "roles"), is_first_party=True))
    tokens = app.tokens(scope="openid profile email roles", acr="urn:example:strong", amr=("pwd",))

    told = set(app.http.get(USERINFO, headers=bearer(tokens["access_token"])).json()) | set(claims(tokens["id_token"]))

    assert told == set(app.http.get("/.well-known/openid-configuration").json()["claims_supported"])


def test_userinfo_claims_that_were_asked_for_by_name_are_told(spa: Caller) -> None:
    asked = '{"userinfo": {"preferred_username": {"essential": true}, "sub": {"value": "x"}, "unknown": null}}'
    token = spa.tokens(scope="openid", claims=asked)["access_token"]

    body = spa.http.get(USERINFO, headers=bearer(token)).json()

    assert (set(body), body["preferred_username"]) == ({"sub", "preferred_username"}, "margaret")


def test_userinfo_is_signed_for_a_client_that_registered_for_it(people: Site) -> None:
    app = Caller(people, another(SPA, userinfo_algorithm=Algorithm.ES256))

    answer = app.http.get(USERINFO, headers=bearer(app.tokens()["access_token"]))

    told = people.house.flows.keyring.read_own(answer.text, "JWT")
    assert answer.headers["content-type"] == "application/jwt"
    assert (told["iss"], told["aud"], told["email"]) == (ISSUER, app.client.id, "margaret@mail.example")


@pytest.mark.requirement("B-03")
@pytest.mark.parametrize("header", [{}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer "}], ids=str)
def test_userinfo_without_a_token_says_how_to_show_one_and_no_error(spa: Caller, header: dict[str, str]) -> None:
    answer = spa.http.get(USERINFO, headers=header)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "error" not in answer.headers["www-authenticate"]


@pytest.mark.requirement("B-04")
@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_userinfo_token_that_is_none_is_refused(spa: Caller, token: str) -> None:
    answer = spa.http.get(USERINFO, headers=bearer(token))

    assert error(answer) == (401, "invalid_token")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.requirement("B-04")
def test_userinfo_token_without_openid_has_too_little_scope(spa: Caller) -> None:
    answer = spa.http.get(USERINFO, headers=bearer(spa.tokens(scope="reports:read")["access_token"]))

    assert error(answer) == (403, "insufficient_scope")


@pytest.mark.requirement("B-01", "B-02")
def test_userinfo_token_anywhere_else_is_refused(spa: Caller) -> None:
    token = spa.tokens()["access_token"]

    answers = [
        spa.http.get(f"{USERINFO}?access_token={token}"),
        spa.http.get(f"{USERINFO}?access_token={token}", headers=bearer(token)),
        spa.http.post(USERINFO, data={"access_token": token}),
        spa.http.post(USERINFO, data={"access_token": token}, headers=bearer(token)),
    ]

    assert [error(answer) for answer in answers] == [(400, "invalid_request")] * 4


@pytest.mark.requirement("J-17", "J-19", "S-05")
def test_userinfo_token_for_another_resource_is_refused(server: Caller) -> None:
    token = server.tokens(resources=("https://reports.example",))["access_token"]

    assert error(server.http.get(USERINFO, headers=bearer(token))) == (401, "invalid_token")


def test_userinfo_token_of_a_client_for_itself_is_refused(people: Site) -> None:
    app = Caller(people, another(SERVER, resources=()))
    token = app.post("/oauth/token", grant_type="client_credentials").json()["access_token"]

    assert app.http.get(USERINFO, headers=bearer(token)).status_code in (401, 403)


def test_userinfo_token_that_is_over_is_refused(spa: Caller) -> None:
    token = spa.tokens()["access_token"]
    spa.site.clock.advance(timedelta(minutes=6))

    assert error(spa.http.get(USERINFO, headers=bearer(token))) == (401, "invalid_token")


@pytest.mark.requirement("A-12", "A-14", "A-17")
def test_userinfo_bound_token_needs_its_proof(spa: Caller) -> None:
    holder, now = Holder(), spa.house.clock.now()
    url, nonce = f"{ISSUER}{USERINFO}", spa.house.tools.nonces.current(now)
    proof = holder.proof("POST", f"{ISSUER}/oauth/token", now, nonce=nonce)
    token = spa.exchange(None, {"dpop": proof}).json()["access_token"]
    good = holder.proof("GET", url, now, access_token=token)
    thief = Holder("thief").proof("GET", url, now, access_token=token)

    def show(scheme: str, proof: str | None) -> tuple[int, str]:
        headers = {"authorization": f"{scheme} {token}"} | ({"dpop": proof} if proof else {})
        return error(spa.http.get(USERINFO, headers=headers))

    first = spa.http.get(USERINFO, headers={"authorization": f"DPoP {token}", "dpop": good})
    assert (first.status_code, "dpop-nonce" in first.headers) == (200, True)
    assert show("DPoP", good) == (401, "invalid_dpop_proof")
    assert show("DPoP", None) == (401, "invalid_dpop_proof")
    assert show("DPoP", thief) == (401, "invalid_token")
    assert show("DPoP", holder.proof("GET", url, now)) == (401, "invalid_dpop_proof")
    assert show("Bearer", holder.proof("GET", url, now, access_token=token)) == (401, "invalid_token")


@pytest.mark.requirement("A-14")
def test_userinfo_unbound_token_by_the_scheme_of_bound_ones_is_refused(spa: Caller) -> None:
    token, now = spa.tokens()["access_token"], spa.house.clock.now()
    proof = Holder().proof("GET", f"{ISSUER}{USERINFO}", now, access_token=token)

    answer = spa.http.get(USERINFO, headers={"authorization": f"DPoP {token}", "dpop": proof})

    assert error(answer) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("DPoP algs=")


def test_userinfo_pairwise_name_is_that_of_the_id_token(people: Site) -> None:
    app = Caller(people, another(SPA, is_pairwise=True, sector="app.example"))
    tokens = app.tokens()

    told = app.http.get(USERINFO, headers=bearer(tokens["access_token"])).json()

    assert told["sub"] == claims(tokens["id_token"])["sub"] != app.app.account_id
