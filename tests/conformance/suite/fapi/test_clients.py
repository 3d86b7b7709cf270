"""The modules of the FAPI 2.0 plan that are about who redeems a code, and how they prove who they are.

Source: FAPI 2.0 Security Profile sections 5.3.2.1, 5.3.2.2 and 5.4.1; RFC 7523.
"""

from datetime import timedelta

import pytest

from tests.conformance.suite.fapi.application import Pushing
from tests.conformance.suite.party import PAR, TOKEN
from tests.conformance.suite.person import Person


@pytest.mark.requirement("V-04")
def test_fapi2_security_profile_final_ensure_client_id_in_token_endpoint(
    first: Pushing, second: Pushing, regular: Person
) -> None:
    told = first.go(regular)

    refusal = first.refused(first.redeem(told, client_id=second.client.id))

    assert refusal in ("invalid_client", "invalid_request")
    first.tokens(told)


@pytest.mark.requirement("FAPI-05")
def test_fapi2_security_profile_final_ensure_holder_of_key_required(first: Pushing, regular: Person) -> None:
    told = first.go(regular)

    assert first.refused(first.send(TOKEN, first.redeeming(told))) == "invalid_dpop_proof"


@pytest.mark.requirement("O-10", "V-04")
def test_fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client(
    first: Pushing, second: Pushing, regular: Person
) -> None:
    told = first.go(regular)

    assert second.refused(second.redeem(told)) == "invalid_grant"

    first.tokens(told)


@pytest.mark.requirement("O-12")
def test_fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular)
    tokens = first.tokens(told)
    first.deployment.make_older(timedelta(seconds=1))

    assert first.refused(first.redeem(told)) == "invalid_grant"
    assert first.userinfo(tokens.access_token, scheme="DPoP").status_code == 401


@pytest.mark.requirement("O-12")
def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular)
    first.deployment.make_older(timedelta(seconds=61))

    assert first.refused(first.redeem(told)) == "invalid_grant"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_signed_client_assertion_with_rs256_fails(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular)

    assert first.refused(first.redeem_as(told, {}, signer=first.weak_signer)) == "invalid_client"

    first.tokens(told)


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint(
    first: Pushing, regular: Person
) -> None:
    told = first.go(regular)
    unproven = {**first.redeeming(told), "client_id": first.client.id}

    answer = first.send(TOKEN, unproven, prover=first.holder, is_proven=False)

    assert first.refused(answer) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(
    first: Pushing, regular: Person
) -> None:
    past = int(first.deployment.now().timestamp()) - 300

    answer = first.redeem_as(first.go(regular), {"exp": past, "iat": past - 60})

    assert first.refused(answer) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails(
    first: Pushing, regular: Person
) -> None:
    answer = first.redeem_as(first.go(regular), {"aud": "https://another.example"})

    assert first.refused(answer) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails(
    first: Pushing, regular: Person
) -> None:
    answer = first.redeem_as(first.go(regular), {"sub": None})

    assert first.refused(answer) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(
    first: Pushing,
) -> None:
    soon = int(first.deployment.now().timestamp()) + 8

    assert first.push_as({"nbf": soon, "iat": soon}).status_code == 201


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(
    first: Pushing,
) -> None:
    later = int(first.deployment.now().timestamp()) + 65

    answer = first.push_as({"nbf": later, "iat": later, "exp": later + 60})

    assert first.refused(answer) == "invalid_client"


@pytest.mark.requirement("P-06")
def test_fapi2_security_profile_final_ensure_pkce_code_verifier_required(first: Pushing, regular: Person) -> None:
    assert first.refused(first.redeem(first.go(regular), code_verifier=None)) == "invalid_grant"


@pytest.mark.requirement("P-05")
def test_fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected(first: Pushing, regular: Person) -> None:
    told = first.go(regular)

    assert first.refused(first.redeem(told, code_verifier=told.verifier[::-1])) == "invalid_grant"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_par_test_array_as_audience_fails(first: Pushing) -> None:
    url = first.deployment.url

    assert first.refused(first.push_as({"aud": [url, f"{url}{TOKEN}", f"{url}{PAR}"]})) == "invalid_client"
    assert first.refused(first.push_as({"aud": [url]})) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_par_test_par_endpoint_url_as_audience_fails(first: Pushing) -> None:
    assert first.refused(first.push_as({"aud": f"{first.deployment.url}{PAR}"})) == "invalid_client"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_par_test_token_endpoint_url_as_audience_fails(first: Pushing) -> None:
    assert first.refused(first.push_as({"aud": f"{first.deployment.url}{TOKEN}"})) == "invalid_client"
