"""The modules of the FAPI 2.0 message signing plan that are about signed requests.

Source: FAPI 2.0 Message Signing section 5.3.1; RFC 9101.
"""

import pytest

from doorward.core.keys.jose import JsonValue, b64url_encode
from tests.conformance.suite.fapi.application import Pushing
from tests.conformance.suite.party import PAR, Told
from tests.conformance.suite.person import Person


def push(application: Pushing, **changes: JsonValue) -> str:
    """Return how a signed request is refused of which some claims are changed."""
    signed = application.signed_request(application.asking()[0], changes)
    return application.refused(application.send(PAR, request=signed))


def succeeds(application: Pushing, person: Person, **changes: JsonValue) -> None:
    """Finish a flow that starts with a signed request."""
    sent, verifier = application.asking()
    uri = application.pushed({"request": application.signed_request(sent, changes)})
    application.visit(person, uri).go_on()
    application.tokens(Told(application.heard(person, sent), sent, verifier))


def moment(application: Pushing, seconds: int) -> int:
    return int(application.deployment.now().timestamp()) + seconds


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_with_multiple_aud_succeeds(
    first: Pushing, regular: Person
) -> None:
    succeeds(first, regular, aud=[first.deployment.issuer, "https://another.example"])


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(
    first: Pushing, regular: Person
) -> None:
    succeeds(first, regular, nbf=moment(first, 8))


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_without_exp_fails(first: Pushing) -> None:
    assert push(first, exp=None) == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_without_nbf_fails(first: Pushing) -> None:
    assert push(first, nbf=None) == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_expired_request_object_fails(first: Pushing) -> None:
    assert push(first, exp=moment(first, -300)) == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_with_bad_aud_fails(first: Pushing) -> None:
    assert push(first, aud="https://another.example") == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_with_exp_over_60_fails(first: Pushing) -> None:
    assert push(first, exp=moment(first, 70 * 60)) == "invalid_request_object"
    assert push(first, nbf=moment(first, -20 * 60), exp=moment(first, 50 * 60)) == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_request_object_with_nbf_over_60_fails(first: Pushing) -> None:
    assert push(first, nbf=moment(first, -70 * 60)) == "invalid_request_object"


@pytest.mark.requirement("FAPI-04")
def test_fapi2_security_profile_final_ensure_signed_request_object_with_rs256_fails(first: Pushing) -> None:
    signed = first.signed_request(first.asking()[0], signer=first.weak_signer)

    assert first.refused(first.send(PAR, request=signed)) == "invalid_request_object"


@pytest.mark.requirement("A-06")
def test_fapi2_security_profile_final_ensure_request_object_signature_algorithm_is_not_none(first: Pushing) -> None:
    none, claims = b64url_encode(b'{"alg":"none"}'), first.signed_request(first.asking()[0]).split(".")[1]

    answer = first.send(PAR, request=f"{none}.{claims}.")

    assert first.refused(answer) == "invalid_request_object"


@pytest.mark.requirement("A-06")
def test_fapi2_security_profile_final_ensure_request_object_with_invalid_signature_fails(first: Pushing) -> None:
    signed = first.signed_request(first.asking()[0])

    assert first.refused(first.send(PAR, request=f"{signed[:-8]}AAAAAAAA")) == "invalid_request_object"


@pytest.mark.requirement("A-06")
def test_fapi2_security_profile_final_ensure_matching_key_in_authorization_request(
    first: Pushing, second: Pushing
) -> None:
    signed = first.signed_request(first.asking()[0], signer=second.signer)

    assert first.refused(first.send(PAR, request=signed)) == "invalid_request_object"


@pytest.mark.requirement("FAPI-06")
def test_fapi2_security_profile_final_ensure_unsigned_request_at_par_endpoint_fails(first: Pushing) -> None:
    answer = first.push()

    assert answer.status_code == 201
    assert "require_signed_request_object" not in first.deployment.metadata()


@pytest.mark.requirement("A-01")
def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri(first: Pushing) -> None:
    assert push(first, request_uri="urn:ietf:params:oauth:request_uri:random") == "invalid_request_object"
