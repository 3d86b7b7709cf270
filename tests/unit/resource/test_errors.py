# Source: RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3, RFC 9728 section 5.1.
import re
from datetime import timedelta

import pytest

from doorward.resource import (
    AccessRefused,
    NonceNeeded,
    ProofInvalid,
    RequestMalformed,
    RoleMissing,
    ScopeMissing,
    SignInNeeded,
    TokenInvalid,
    TokenMissing,
    Verifier,
    VerifierUnavailable,
)

VERIFIER = Verifier("https://id.example", "https://api.example/notes")
PLACE = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes"'
ALL = [
    TokenMissing(),
    RequestMalformed(),
    TokenInvalid(),
    TokenInvalid(scheme="DPoP"),
    ProofInvalid(scheme="DPoP"),
    NonceNeeded("n"),
    ScopeMissing("notes.read notes.write"),
    RoleMissing(),
    SignInNeeded(max_age=timedelta(minutes=5), acr="urn:example:two"),
]


def challenges(refused: AccessRefused) -> list[str]:
    return [value for name, value in VERIFIER.headers(refused) if name == "www-authenticate"]


@pytest.mark.requirement("B-03")
def test_headers_no_token_asks_for_one_and_names_no_error() -> None:
    asked = challenges(TokenMissing())

    assert asked == [f"Bearer {PLACE}", f'DPoP algs="ES256 RS256 PS256 EdDSA Ed25519", {PLACE}']


@pytest.mark.requirement("B-03", "D-06")
@pytest.mark.parametrize("refused", ALL, ids=lambda one: f"{type(one).__name__} {one.scheme}")
def test_headers_each_attribute_stands_once_and_says_where_to_go(refused: AccessRefused) -> None:
    for challenge in challenges(refused):
        names = re.findall(r'(\w+)="[^"]*"', challenge)

        assert len(names) == len(set(names))
        assert challenge.endswith(PLACE)


@pytest.mark.requirement("B-04")
@pytest.mark.parametrize(
    ("refused", "status", "error"),
    [
        (RequestMalformed(), 400, "invalid_request"),
        (TokenInvalid(), 401, "invalid_token"),
        (ScopeMissing("a"), 403, "insufficient_scope"),
        (RoleMissing(), 403, "insufficient_scope"),
        (SignInNeeded(), 401, "insufficient_user_authentication"),
        (ProofInvalid(scheme="DPoP"), 401, "invalid_dpop_proof"),
        (NonceNeeded("n"), 401, "use_dpop_nonce"),
    ],
    ids=str,
)
def test_headers_error_is_the_one_of_the_specification(refused: AccessRefused, status: int, error: str) -> None:
    assert refused.status == status
    assert all(f'error="{error}"' in challenge for challenge in challenges(refused))


def test_headers_scope_and_sign_in_say_what_would_do() -> None:
    assert 'scope="notes.read notes.write"' in challenges(ScopeMissing("notes.read notes.write"))[0]
    needed = challenges(SignInNeeded(max_age=timedelta(minutes=5), acr="one two"))[0]
    assert 'max_age="300", acr_values="one two"' in needed


def test_headers_scheme_is_the_one_that_the_request_used() -> None:
    assert [one.partition(" ")[0] for one in challenges(TokenInvalid(scheme="DPoP"))] == ["DPoP"]
    assert [one.partition(" ")[0] for one in challenges(TokenInvalid())] == ["Bearer"]


def test_headers_nonce_comes_along() -> None:
    assert ("dpop-nonce", "n") in VERIFIER.headers(NonceNeeded("n"))


def test_headers_of_an_audience_that_is_no_address_name_no_place() -> None:
    verifier = Verifier("https://id.example", "notes")

    assert verifier.metadata_url is None
    assert verifier.headers(TokenMissing())[0] == ("www-authenticate", "Bearer")


def test_headers_unavailable_say_when_to_try_again() -> None:
    assert VERIFIER.headers(VerifierUnavailable(timedelta(seconds=30))) == [("retry-after", "30")]
