"""What an ID token must be: J-06, J-09 and OpenID Connect Core 1.0 section 3.1.3.7, each rule broken once."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from doorward.core.federation.errors import ProviderNotBelieved
from doorward.core.kernel.json_value import JsonValue
from doorward.core.keys import jose
from doorward.core.keys.records import Algorithm
from tests.pairs import a_pair
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import CLIENT, ISSUER, KEY

BAD_CLAIMS: list[Mapping[str, JsonValue]] = [
    {"iss": f"{ISSUER}/"},
    {"iss": ISSUER.upper()},
    {"iss": ISSUER[:-1]},
    {"iss": f"{ISSUER}.evil.example"},
    {"iss": [ISSUER]},
    {"iss": 1},
    {"iss": "https://accounts.google.com"},
    {"aud": f"{CLIENT}2"},
    {"aud": CLIENT[:-1]},
    {"aud": CLIENT.upper()},
    {"aud": []},
    {"aud": ["another"]},
    {"aud": {"0": CLIENT}},
    {"aud": 1},
    {"aud": [CLIENT, "another"]},
    {"aud": [CLIENT, "another"], "azp": "another"},
    {"azp": "another"},
    {"azp": [CLIENT]},
    {"nonce": "another"},
    {"nonce": 1},
    {"nonce": ""},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
    {"sub": "é"},
    {"sub": "a\nb"},
    {"exp": "1798761600"},
    {"exp": 1e308},
    {"exp": True},
    {"iat": "1798761600"},
    {"auth_time": "yesterday"},
    {"nbf": "now"},
]
BAD_HEADERS: list[Mapping[str, JsonValue]] = [
    {"typ": "at+jwt"},
    {"typ": "logout+jwt"},
    {"typ": "dpop+jwt"},
    {"typ": "oauth-authz-req+jwt"},
    {"typ": "JOSE"},
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": "RS512"},
    {"alg": "ES256"},
    {"kid": "another"},
    {"kid": ["key-1"]},
    {"crit": ["exp"]},
    {"crit": []},
    {"b64": False},
]


def now(ways: Ways, after: timedelta = timedelta(0)) -> int:
    return int((ways.clock.now() + after).timestamp())


def assert_refused(ways: Ways) -> None:
    with pytest.raises(ProviderNotBelieved):
        ways.go()
    with ways.house.store.view() as view:
        assert view.accounts.count() == 0


@pytest.mark.parametrize("claims", BAD_CLAIMS, ids=str)
def test_person_of_claim_that_is_wrong_is_refused(claims: Mapping[str, JsonValue]) -> None:
    ways = Ways()
    ways.elsewhere.claims.update(claims)

    assert_refused(ways)


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_person_of_claim_that_is_missing_is_refused(name: str) -> None:
    ways = Ways()
    ways.elsewhere.without = (name,)

    assert_refused(ways)


@pytest.mark.parametrize("header", BAD_HEADERS, ids=str)
def test_verified_header_that_is_wrong_is_refused(header: Mapping[str, JsonValue]) -> None:
    ways = Ways()
    ways.elsewhere.header.update(header)

    assert_refused(ways)


@pytest.mark.parametrize(
    ("issued", "expires"),
    [
        (timedelta(hours=-1), timedelta(minutes=-2)),
        (timedelta(hours=-1), timedelta(hours=1)),
        (timedelta(minutes=-12), timedelta(hours=1)),
        (timedelta(minutes=2), timedelta(hours=1)),
        (timedelta(0), timedelta(hours=26)),
        (timedelta(0), timedelta(days=3650)),
        (timedelta(0), timedelta(0)),
        (timedelta(0), timedelta(hours=-1)),
    ],
)
def test_person_of_token_out_of_its_time_is_refused(issued: timedelta, expires: timedelta) -> None:
    ways = Ways()
    ways.elsewhere.claims.update({"iat": now(ways, issued), "exp": now(ways, expires)})

    assert_refused(ways)


def test_person_of_token_that_is_not_good_yet_is_refused() -> None:
    ways = Ways()
    ways.elsewhere.claims["nbf"] = now(ways, timedelta(minutes=2))

    assert_refused(ways)


@pytest.mark.parametrize("skew", [timedelta(seconds=-50), timedelta(seconds=50)])
def test_person_of_clock_that_is_a_little_off_is_taken(skew: timedelta) -> None:
    ways = Ways()
    ways.elsewhere.claims.update({"iat": now(ways, skew), "exp": now(ways, skew + timedelta(minutes=2))})

    assert ways.go().remembered is not None


@pytest.mark.parametrize("audience", [CLIENT, [CLIENT], [CLIENT, "another"], ["another", CLIENT]], ids=str)
def test_person_of_token_for_us_is_taken(audience: JsonValue) -> None:
    ways = Ways()
    ways.elsewhere.claims.update({"aud": audience, "azp": CLIENT})

    assert ways.go().remembered is not None


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_verified_every_algorithm_is_read(algorithm: Algorithm) -> None:
    ways = Ways()
    ways.elsewhere.algorithm = algorithm

    assert ways.go().remembered is not None


@pytest.mark.parametrize("kind", [None, "jwt", "JWT", "application/jwt"])
def test_verified_type_may_be_left_out_or_be_that_of_any_token(kind: str | None) -> None:
    ways = Ways()
    ways.elsewhere.header["typ"] = kind

    assert ways.go().remembered is not None


def test_verified_only_key_of_a_set_needs_no_name() -> None:
    ways = Ways()
    ways.elsewhere.header["kid"] = None

    assert ways.go().remembered is not None


def test_verified_token_without_a_name_among_several_keys_is_refused() -> None:
    ways = Ways()
    ways.elsewhere.header["kid"] = None
    other, _ = a_pair(Algorithm.RS256, "other", "somebody else")
    ways.elsewhere.published = [*ways.elsewhere.keys, other]

    assert_refused(ways)


def test_verified_key_of_somebody_else_is_refused() -> None:  # J-06
    ways = Ways()
    ways.elsewhere.published = [a_pair(Algorithm.RS256, KEY, "somebody else")[0]]

    assert_refused(ways)


@pytest.mark.parametrize(
    "published",
    [
        [],
        [{"kty": "oct", "kid": KEY, "k": "c2VjcmV0"}],
        [{"kty": "RSA", "kid": KEY}],
        [{"kty": "RSA", "kid": KEY, "n": "AQAB", "e": "AQAB"}],
        ["key-1"],
    ],
    ids=str,
)
def test_verified_set_without_a_usable_key_is_refused(published: list[dict[str, JsonValue]]) -> None:
    ways = Ways()
    ways.elsewhere.published = published

    assert_refused(ways)


@pytest.mark.parametrize("change", [{"use": "enc"}, {"alg": "PS256"}, {"issuer": "https://other.example"}], ids=str)
def test_verified_key_that_is_meant_for_something_else_is_refused(change: dict[str, JsonValue]) -> None:
    ways = Ways()
    ways.elsewhere.published = [{**key, **change} for key in ways.elsewhere.keys]

    assert_refused(ways)


def test_verified_key_inside_the_token_is_never_taken() -> None:
    ways = Ways()
    foreign = ways.elsewhere.keys[0]
    ways.elsewhere.header["jwk"] = foreign
    ways.elsewhere.published = [a_pair(Algorithm.RS256, KEY, "somebody else")[0]]

    assert_refused(ways)


def test_verified_new_key_is_fetched_when_it_is_first_seen() -> None:
    ways = Ways()
    ways.elsewhere.published = []
    with pytest.raises(ProviderNotBelieved):
        ways.go()
    ways.elsewhere.published = None
    ways.clock.advance(timedelta(seconds=30))

    assert ways.go().remembered is not None


def tampered(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(jose.b64url_decode(body)) | {"sub": "somebody else"}
    return f"{head}.{jose.b64url_encode(json.dumps(claims).encode())}.{signature}"


CHANGES: dict[str, Callable[[str], str]] = {
    "claims": tampered,
    "signature cut": lambda token: token[:-4],
    "padded": lambda token: f"{token}=",
    "four parts": lambda token: f"{token}.",
    "no signature": lambda token: token.rpartition(".")[0] + ".",
    "two parts": lambda token: token.rpartition(".")[0],
    "five parts": lambda token: token.replace(".", ".."),
    "blank": lambda token: f" {token}",
    "nothing": lambda token: token[:0],
    "too long": lambda token: f"{token}{'A' * 9000}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_verified_token_that_was_changed_is_refused(change: str) -> None:
    ways = Ways()
    ways.elsewhere.rewrite = CHANGES[change]

    assert_refused(ways)


@pytest.mark.parametrize("verified", ["true", "false", "", 1, 0, None, [], ["true"], {"value": True}, False], ids=str)
def test_person_of_address_is_proven_by_true_alone(verified: JsonValue) -> None:  # class 11
    ways = Ways()
    ways.elsewhere.person.verified = verified

    outcome = ways.go()

    assert (outcome.remembered, outcome.finish_token is not None) == (None, True)


def test_person_of_organisation_is_part_of_the_issuer() -> None:
    ways = Ways("microsoft")

    remembered = signed_in(ways.go())

    (identity,) = ways.house.flows.providers.ways_in(remembered.profile.id).identities
    assert identity.issuer == "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"


@pytest.mark.parametrize(
    "claims",
    [
        {"tid": "common"},
        {"tid": "../9188040d-6c67-4c5b-b112-36a304b66dad"},
        {"tid": "9188040D-6C67-4C5B-B112-36A304B66DAD"},
        {"tid": "00000000-0000-0000-0000-000000000000"},
        {"tid": 5},
        {"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"},
        {"iss": "https://login.microsoftonline.com/common/v2.0"},
        {"iss": "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0"},
    ],
    ids=str,
)
def test_person_of_organisation_that_does_not_match_the_issuer_is_refused(claims: dict[str, JsonValue]) -> None:
    ways = Ways("microsoft")
    ways.elsewhere.claims.update(claims)

    assert_refused(ways)
