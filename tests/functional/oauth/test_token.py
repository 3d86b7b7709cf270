from datetime import timedelta

import pytest

from tests.applications import SCOPE, SERVER, another, claims
from tests.builders import ISSUER
from tests.functional.oauth.conftest import Caller, error
from tests.functional.site import Site
from tests.proofs import Holder

TOKEN = "/oauth/token"


@pytest.mark.requirement("O-16", "T-01")
def test_token_answer_holds_tokens_and_is_never_kept(spa: Caller) -> None:
    answer = spa.exchange()

    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"], body["scope"]) == (200, "Bearer", 300, SCOPE)
    assert {"access_token", "refresh_token", "id_token"} <= set(body)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert "set-cookie" not in answer.headers


@pytest.mark.requirement("O-02", "T-01")
def test_token_confidential_client_proves_itself_by_header_or_body(people: Site) -> None:
    by_header = Caller(people, another(SERVER))
    by_body = Caller(people, another(SERVER, authentication="client_secret_post"))

    answers = [
        by_header.post(TOKEN, grant_type="client_credentials"),
        by_body.http.post(
            TOKEN,
            data={
                "grant_type": "client_credentials",
                "client_id": by_body.client.id,
                "client_secret": by_body.app.secret,
            },
        ),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [claims(answer.json()["access_token"])["sub"] for answer in answers] == [
        by_header.client.id,
        by_body.client.id,
    ]


@pytest.mark.requirement("O-17")
def test_token_wrong_secret_is_answered_401_and_how_to_prove_oneself(server: Caller) -> None:
    answer = server.post(TOKEN, {"authorization": "Basic cmVwb3J0czp3cm9uZw=="}, grant_type="client_credentials")

    assert error(answer) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.requirement("O-10")
def test_token_without_a_client_is_refused(spa: Caller) -> None:
    answer = spa.http.post(TOKEN, data=spa.form())

    assert error(answer) == (401, "invalid_client")


@pytest.mark.requirement("O-10")
def test_token_confidential_client_that_only_names_itself_is_refused(server: Caller) -> None:
    answer = server.http.post(TOKEN, data={"client_id": server.client.id, **server.form()})

    assert error(answer) == (401, "invalid_client")


@pytest.mark.requirement("O-09")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", [TOKEN, "/oauth/introspect", "/oauth/revoke"])
def test_token_another_method_is_refused(spa: Caller, method: str, path: str) -> None:
    answer = spa.http.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "scope", "x"])
def test_token_repeated_parameter_is_refused_and_uses_nothing_up(spa: Caller, name: str) -> None:
    code = spa.app.code()
    text = spa.text(code)

    answers = [spa.post_text(TOKEN, f"{text}&{name}=a&{name}=b"), spa.post_text(TOKEN, f"{text}&{name}=&{name}=")]

    assert [error(answer) for answer in answers] == [(400, "invalid_request")] * 2
    assert spa.exchange(code).status_code == 200


@pytest.mark.requirement("O-02", "O-04")
@pytest.mark.parametrize("query", ["grant_type=authorization_code", "client_secret=x", "code=x", "x=y"])
def test_token_parameter_in_the_address_is_refused(spa: Caller, query: str) -> None:
    answer = spa.post_text(f"{TOKEN}?{query}", spa.text())

    assert error(answer) == (400, "invalid_request")


@pytest.mark.requirement("O-04")
def test_token_unknown_parameter_is_ignored(spa: Caller) -> None:
    assert spa.exchange(unknown="x").status_code == 200


@pytest.mark.requirement("O-04")
@pytest.mark.parametrize("name", ["grant_type", "code", "client_id"])
def test_token_empty_parameter_was_not_sent(spa: Caller, name: str) -> None:
    answer = spa.post(TOKEN, None, **(spa.form() | {name: ""}))

    expected = {"client_id": (401, "invalid_client")}.get(name, (400, "invalid_request"))
    assert error(answer) == expected


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "scope", "x"])
def test_token_parameter_that_is_too_long_is_refused(spa: Caller, name: str) -> None:
    answer = spa.post(TOKEN, None, **(spa.form() | {name: "a" * 20_000}))

    assert error(answer) == (400, "invalid_request")


@pytest.mark.parametrize(
    "text", ["grant_type=%ff", "grant_type=é", "&".join("a" * 101), "grant_type=%00", "\x00"], ids=ascii
)
def test_token_form_that_cannot_be_read_is_refused(spa: Caller, text: str) -> None:
    answer = spa.post_text(TOKEN, text)

    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_request", "unsupported_grant_type")


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_token_body_of_another_kind_is_refused(spa: Caller, kind: str) -> None:
    answer = spa.http.post(TOKEN, content=spa.text(), headers={"content-type": kind})

    assert error(answer) == (415, "invalid_request")


def test_token_body_that_is_too_large_is_refused_as_oauth_says(spa: Caller) -> None:
    assert error(spa.post_text(TOKEN, "x" * 70_000)) == (413, "invalid_request")


@pytest.mark.requirement("S-06")
@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:saml2-bearer", "x"])
def test_token_grant_that_does_not_exist_is_refused(spa: Caller, grant: str) -> None:
    answer = spa.exchange(grant_type=grant, username="margaret", password="correct horse battery staple")

    assert error(answer) == (400, "unsupported_grant_type")


@pytest.mark.requirement("A-12", "A-13", "A-15")
def test_token_proof_without_nonce_gets_one_and_then_a_token(spa: Caller) -> None:
    holder, now, code = Holder(), spa.house.clock.now(), spa.app.code()
    url = f"{ISSUER}{TOKEN}"

    first = spa.exchange(code, {"dpop": holder.proof("POST", url, now)})
    nonce = first.headers["dpop-nonce"]
    second = spa.exchange(code, {"dpop": holder.proof("POST", url, now, nonce=nonce)})

    assert error(first) == (400, "use_dpop_nonce")
    assert (second.status_code, second.json()["token_type"]) == (200, "DPoP")
    assert second.headers["dpop-nonce"] == nonce


@pytest.mark.requirement("A-12")
def test_token_two_proofs_are_refused(spa: Caller) -> None:
    now, url = spa.house.clock.now(), f"{ISSUER}{TOKEN}"
    headers = [("dpop", Holder().proof("POST", url, now)), ("dpop", Holder().proof("POST", url, now))]

    answer = spa.http.post(TOKEN, data={"client_id": spa.client.id, **spa.form()}, headers=headers)

    assert error(answer) == (400, "invalid_request")


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("proof", ["x", "a.b.c", "{}"])
def test_token_proof_that_is_none_is_refused_and_uses_nothing_up(spa: Caller, proof: str) -> None:
    code = spa.app.code()

    assert error(spa.exchange(code, {"dpop": proof})) == (400, "invalid_dpop_proof")
    assert spa.exchange(code).status_code == 200


@pytest.mark.requirement("O-13")
def test_token_error_never_repeats_what_was_sent(spa: Caller) -> None:
    marker = "<script>marker</script>"

    answers = [
        spa.exchange(grant_type=marker),
        spa.exchange(code=marker),
        spa.exchange(scope=marker, grant_type="refresh_token", refresh_token=marker),
        spa.exchange(resource=marker),
        spa.exchange(client_id=marker),
    ]

    assert all("marker" not in answer.text for answer in answers)


def test_token_session_cookie_means_nothing(spa: Caller) -> None:
    browser = spa.site.browser()
    browser.sign_in()

    answer = browser.client.post(TOKEN, data=spa.form())

    assert error(answer) == (401, "invalid_client")


def test_token_answer_says_what_was_granted_in_detail(spa: Caller) -> None:
    granted = [{"type": "payment", "amount": 12}]

    first = spa.exchange(spa.app.code(details='[{"type":"payment","amount":12}]')).json()
    second = spa.post("/oauth/token", None, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()

    assert first["authorization_details"] == second["authorization_details"] == granted
    assert claims(second["access_token"])["authorization_details"] == granted


@pytest.mark.requirement("A-18")
def test_token_request_may_name_a_part_of_what_was_granted_in_detail(spa: Caller) -> None:
    code = spa.app.code(details='[{"type":"files","actions":["read","write"]},{"type":"payment","amount":12}]')
    wanted, more = '[{"type": "files", "actions": ["read"]}]', '[{"type": "payment", "amount": 13}]'

    too_much = spa.exchange(code, authorization_details=more)
    first = spa.exchange(code, authorization_details=wanted).json()

    assert error(too_much) == (400, "invalid_authorization_details")
    assert first["authorization_details"] == claims(first["access_token"])["authorization_details"]
    assert first["authorization_details"] == [{"type": "files", "actions": ["read"]}]


def test_token_refresh_over_http_goes_on(spa: Caller) -> None:
    first = spa.tokens()

    second = spa.post(TOKEN, grant_type="refresh_token", refresh_token=first["refresh_token"], scope="openid")

    assert (second.status_code, second.json()["scope"]) == (200, "openid")
    assert second.json()["refresh_token"] != first["refresh_token"]


def test_token_code_that_is_too_old_is_refused(spa: Caller) -> None:
    code = spa.app.code()
    spa.site.clock.advance(timedelta(minutes=2))

    assert error(spa.exchange(code)) == (400, "invalid_grant")
