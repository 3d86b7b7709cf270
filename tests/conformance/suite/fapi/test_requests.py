"""The modules of the FAPI 2.0 plan that are about requests: pushed, for one client, once, with PKCE.

Source: FAPI 2.0 Security Profile section 5.3.2.2; RFC 9126.
"""

from datetime import timedelta
from typing import Final

import pytest

from tests.conformance.suite.deployment import OWNER, Deployment
from tests.conformance.suite.fapi.application import SCOPES, Pushing
from tests.conformance.suite.party import AUTHORIZE, PAR, Told
from tests.conformance.suite.person import Person

STRICT: Final = {"ES256", "PS256", "EdDSA"}
ABOUT: Final = {"preferred_username": OWNER, "email": f"{OWNER}@mail.example", "email_verified": True, "roles": []}


@pytest.mark.requirement("FAPI-01", "P-07", "D-05")
def test_fapi2_security_profile_final_discovery_end_point_verification(deployment: Deployment) -> None:
    told = deployment.metadata()

    assert told["pushed_authorization_request_endpoint"] == f"{deployment.url}{PAR}"
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert "private_key_jwt" in str(told["token_endpoint_auth_methods_supported"])
    for name in ("token_endpoint_auth", "dpop", "request_object"):
        algorithms = told[f"{name}_signing_alg_values_supported"]
        assert isinstance(algorithms, list)
        assert set(map(str, algorithms)) >= STRICT
        assert "none" not in algorithms


@pytest.mark.requirement("FAPI-01")
def test_fapi2_security_profile_final_happy_flow(first: Pushing, second: Pushing, regular: Person) -> None:
    for application in (first, second):
        tokens = application.tokens(application.go(regular))

        assert application.userinfo(tokens.access_token, scheme="DPoP").json()["sub"] == tokens.about.subject


@pytest.mark.requirement("FAPI-02")
def test_fapi2_security_profile_final_user_rejects_authentication(first: Pushing, regular: Person) -> None:
    assert first.go(regular, decision="deny", prompt="consent").error == "access_denied"


@pytest.mark.requirement("O-13")
def test_fapi2_security_profile_final_ensure_authorization_request_without_state_success(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular, state=None)

    assert set(told.told) == {"code", "iss"}
    first.tokens(told)


@pytest.mark.requirement("OIDC-02")
def test_fapi2_security_profile_final_ensure_authorization_request_without_nonce_success(
    first: Pushing, regular: Person
) -> None:
    assert "nonce" not in first.tokens(first.go(regular, nonce=None)).about.claims


@pytest.mark.requirement("FAPI-03")
def test_fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success(
    first: Pushing, regular: Person
) -> None:
    assert first.tokens(first.go(regular, nonce="n" * 64)).about.claims["nonce"] == "n" * 64


def test_fapi2_security_profile_final_ensure_other_scope_order_succeeds(first: Pushing, regular: Person) -> None:
    tokens = first.tokens(first.go(regular, scope="email openid"))

    assert set(str(tokens.body["scope"]).split()) == {"email", "openid"}


@pytest.mark.requirement("OIDC-11")
def test_fapi2_security_profile_final_test_claims_parameter_identity_claims(first: Pushing, regular: Person) -> None:
    wanted = ",".join(
        f'"{name}":{wish}' for name, wish in zip(ABOUT, ("null", "{}", '{"essential":true}', "null"), strict=True)
    )

    tokens = first.tokens(first.go(regular, claims=f'{{"id_token":{{{wanted}}},"userinfo":{{{wanted}}}}}'))

    told = first.userinfo(tokens.access_token, scheme="DPoP").json()
    assert {name: tokens.about.claims[name] for name in ABOUT} == ABOUT
    assert {name: told[name] for name in ABOUT} == ABOUT


@pytest.mark.requirement("B-02")
def test_fapi2_security_profile_final_access_token_type_header_case_sensitivity(
    first: Pushing, regular: Person
) -> None:
    access_token = first.tokens(first.go(regular)).access_token

    answers = [first.userinfo(access_token, scheme=scheme) for scheme in ("DPoP", "dpop", "DPOP", "dPoP")]

    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.requirement("A-05")
def test_fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular, beside={"nonce": "another nonce"})

    assert first.tokens(told).about.claims["nonce"] == told.sent["nonce"]


@pytest.mark.requirement("A-05")
def test_fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular, beside={"state": "another state"})

    assert told.told["state"] == told.sent["state"]


@pytest.mark.requirement("FAPI-03")
def test_fapi2_security_profile_final_ensure_authorization_request_with_long_nonce(
    first: Pushing, regular: Person
) -> None:
    assert first.tokens(first.go(regular, nonce="n" * 384)).about.claims["nonce"] == "n" * 384


@pytest.mark.requirement("FAPI-03")
def test_fapi2_security_profile_final_ensure_authorization_request_with_long_state(
    first: Pushing, regular: Person
) -> None:
    assert first.go(regular, state="s" * 1000).told["state"] == "s" * 1000


@pytest.mark.requirement("A-05")
def test_fapi2_security_profile_final_state_only_outside_request_object_not_used(
    first: Pushing, regular: Person
) -> None:
    assert "state" not in first.go(regular, state=None, beside={"state": "a state outside"}).told


@pytest.mark.requirement("FAPI-01")
def test_fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails(first: Pushing) -> None:
    sent, _ = first.asking(redirect_uri=None)

    assert first.refused(first.send(PAR, request=first.signed_request(sent))) == "invalid_request"


@pytest.mark.requirement("O-07", "A-04")
def test_fapi2_security_profile_final_ensure_registered_redirect_uri(first: Pushing) -> None:
    assert first.refused(first.push(redirect_uri="https://suite.example/unregistered")) == "invalid_request"


@pytest.mark.requirement("A-04")
def test_fapi2_security_profile_final_plain_fapi_tolerate_unregistered_redirect_uri(first: Pushing) -> None:
    assert first.refused(first.push(redirect_uri="https://suite.example/fresh")) == "invalid_request"


@pytest.mark.requirement("FAPI-01")
def test_fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails(
    first: Pushing, regular: Person
) -> None:
    sent, verifier = first.asking()

    regular.arrive(AUTHORIZE, sent)

    assert Told(first.heard(regular, sent), sent, verifier).error == "invalid_request"


@pytest.mark.requirement("FAPI-01", "O-08")
def test_fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request(first: Pushing) -> None:
    assert first.refused(first.push(redirect_uri=None)) == "invalid_request"


@pytest.mark.requirement("O-05")
def test_fapi2_security_profile_final_ensure_response_type_code_idtoken_fails(first: Pushing) -> None:
    assert first.refused(first.push(response_type="code id_token")) == "unsupported_response_type"


@pytest.mark.requirement("O-05", "S-06")
def test_fapi2_security_profile_final_ensure_response_type_token_fails(first: Pushing) -> None:
    assert first.refused(first.push(response_type="token")) == "unsupported_response_type"


@pytest.mark.requirement("A-03")
def test_fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(
    first: Pushing, stranger: Person
) -> None:
    sent, verifier = first.asking()
    uri = first.pushed(sent)
    first.visit(stranger, uri)
    assert (stranger.led_to or "").startswith("/sign-in?request=")

    first.visit(stranger, uri).go_on()

    first.tokens(Told(first.heard(stranger, sent), sent, verifier))


@pytest.mark.requirement("A-03")
def test_fapi2_security_profile_final_par_attempt_reuse_request_uri(first: Pushing, regular: Person) -> None:
    sent, _ = first.asking()
    uri = first.pushed(sent)
    first.visit(regular, uri).go_on()
    assert "code" in first.heard(regular, sent)

    assert first.visit(regular, uri).is_shown_an_error


@pytest.mark.requirement("A-03")
def test_fapi2_security_profile_final_par_attempt_to_use_expired_request_uri(first: Pushing, regular: Person) -> None:
    uri = first.pushed(first.asking()[0])
    first.deployment.make_older(timedelta(seconds=90))

    assert first.visit(regular, uri).is_shown_an_error


@pytest.mark.requirement("A-02")
def test_fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client(
    first: Pushing, second: Pushing, regular: Person
) -> None:
    sent, _ = first.asking()
    uri = first.pushed(sent)

    assert second.visit(regular, uri).is_shown_an_error

    first.visit(regular, uri).go_on()
    assert "code" in first.heard(regular, sent)


@pytest.mark.requirement("A-01")
def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param(
    first: Pushing,
) -> None:
    uri = "urn:ietf:params:oauth:request_uri:random"

    assert first.refused(first.push(request_uri=uri)) == "invalid_request"


@pytest.mark.requirement("A-01")
def test_fapi2_security_profile_final_par_attempt_invalid_http_method(first: Pushing) -> None:
    url, fields = f"{first.deployment.url}{PAR}", {**first.asking()[0], **first.credentials()[1]}

    statuses = [
        first.deployment.http.get(url, params=fields).status_code,
        first.deployment.http.request("PUT", url, data=fields).status_code,
    ]

    assert statuses == [405, 405]


@pytest.mark.requirement("P-04", "P-08")
def test_fapi2_security_profile_final_par_ensure_pkce_required(first: Pushing) -> None:
    assert first.refused(first.push(code_challenge=None, code_challenge_method=None)) == "invalid_request"


@pytest.mark.requirement("P-01")
def test_fapi2_security_profile_final_par_plain_pkce_rejected(first: Pushing) -> None:
    plain = "a-verifier-that-is-its-own-challenge-by-the-plain-method"

    assert first.refused(first.push(code_challenge=plain, code_challenge_method="plain")) == "invalid_request"


@pytest.mark.requirement("A-05")
def test_fapi2_security_profile_final_par_without_duplicate_parameters(first: Pushing, regular: Person) -> None:
    first.tokens(first.go(regular, scope=" ".join(SCOPES[:2])))
