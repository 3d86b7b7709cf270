"""RFC 9449 section 4.3: each check by its number. The first, one header field, is the door's."""

from datetime import timedelta

import pytest

from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce
from doorward.core.oauth.proofs.check_proof import CheckProof
from doorward.core.oauth.proofs.nonces import Nonces
from doorward.testing.clock import FixedClock
from tests.builders import ISSUER, NOW
from tests.pairs import SIGNATURES
from tests.proofs import Holder, a_pair
from tests.stores import a_memory_store

URL = "https://auth.example/oauth/token"
TOKEN = "an access token"


CHECK = CheckProof(a_memory_store().work, SIGNATURES, Nonces(bytes(32)), FixedClock(), ISSUER)
NONCE = CHECK.fresh_nonce()


def read(presented: str, *, access_token: str | None = None) -> str:
    return CHECK(presented, method="POST", path="/oauth/token", access_token=access_token)


def refused(presented: str, *, access_token: str | None = None) -> bool:
    with pytest.raises(OAuthError) as raised:
        read(presented, access_token=access_token)
    return raised.value.error is OAuthCode.INVALID_DPOP_PROOF


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.EDDSA, Algorithm.RS256, Algorithm.PS256])
def test_read_proof_that_holds_tells_its_key(algorithm: Algorithm) -> None:
    holder = Holder(algorithm=algorithm)

    assert read(holder.proof("POST", URL, NOW, nonce=NONCE)) == holder.thumbprint


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("presented", ["", "a.b", "a.b.c.d", "{}", "e30.e30.AA", "a, b", "é.é.é"])
def test_read_number_2_malformed_proof_is_refused(presented: str) -> None:
    assert refused(presented)


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
def test_read_number_3_proof_without_a_claim_is_refused(name: str) -> None:
    assert refused(Holder().proof("POST", URL, NOW, nonce=NONCE, **{name: None}))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jti", 1),
        ("jti", ""),
        ("jti", "x" * 257),
        ("htm", ["POST"]),
        ("htu", 1),
        ("iat", "0"),
        ("iat", True),
        ("iat", 1.5),
        ("nonce", 1),
    ],
    ids=str,
)
def test_read_number_3_claim_of_another_kind_is_refused(name: str, value: JsonValue) -> None:
    assert refused(Holder().proof("POST", URL, NOW, **({"nonce": NONCE} | {name: value})))  # type: ignore[arg-type]


@pytest.mark.requirement("A-12", "J-09")
@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "logout+jwt", "oauth-authz-req+jwt", "dpop", None])
def test_read_number_4_another_kind_of_token_is_refused(kind: str | None) -> None:
    assert refused(Holder(header={"typ": kind}).proof("POST", URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "RS512", "es256", ""])
def test_read_number_5_another_algorithm_is_refused(algorithm: str) -> None:
    assert refused(Holder(header={"alg": algorithm}).proof("POST", URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
def test_read_number_6_signature_by_another_key_is_refused() -> None:
    stranger, _ = a_pair("stranger", Algorithm.ES256)

    assert refused(Holder(header={"jwk": stranger}).proof("POST", URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
def test_read_number_7_private_key_in_the_header_is_refused() -> None:
    holder = Holder()

    assert refused(Holder(header={"jwk": holder.jwk | {"d": "AA"}}).proof("POST", URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("jwk", [None, {}, {"kty": "oct", "k": "AA"}, {"kty": "EC"}, "key", []], ids=repr)
def test_read_key_that_is_none_is_refused(jwk: JsonValue) -> None:
    assert refused(Holder(header={"jwk": jwk}).proof("POST", URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("method", ["GET", "post", "PUT", ""])
def test_read_number_8_another_method_is_refused(method: str) -> None:
    assert refused(Holder().proof(method, URL, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize(
    "url",
    [
        "https://auth.example/oauth/token/",
        "https://auth.example/oauth/par",
        "http://auth.example/oauth/token",
        "https://auth.example:8443/oauth/token",
        "https://evil.example/oauth/token",
        "https://auth.example@evil.example/oauth/token",
        "https://user@auth.example/oauth/token",
        "https://auth.example/OAUTH/token",
        "/oauth/token",
        "https://auth.example:x/oauth/token",
        "",
    ],
)
def test_read_number_9_another_address_is_refused(url: str) -> None:
    assert refused(Holder().proof("POST", url, NOW, nonce=NONCE))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize(
    "url",
    [
        "https://AUTH.example/oauth/token",
        "https://auth.example:443/oauth/token?x=1#y",
        "HTTPS://auth.example/oauth/token",
    ],
)
def test_read_number_9_another_spelling_of_the_address_holds(url: str) -> None:
    assert read(Holder().proof("POST", url, NOW, nonce=NONCE)) == Holder().thumbprint


@pytest.mark.requirement("A-12", "A-15")
@pytest.mark.parametrize("nonce", [None, "unknown", ""])
def test_read_number_10_proof_without_a_nonce_of_ours_is_asked_for_one(nonce: str | None) -> None:
    with pytest.raises(UseNonce):
        read(Holder().proof("POST", URL, NOW, nonce=nonce))


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("seconds", [-59, -10, 0, 10, 30])
def test_read_number_11_proof_of_this_minute_holds(seconds: int) -> None:
    thumbprint = read(Holder().proof("POST", URL, NOW + timedelta(seconds=seconds), nonce=NONCE))

    assert thumbprint == Holder().thumbprint


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("seconds", [-3600, -60, 31, 3600])
def test_read_number_11_older_or_younger_proof_is_refused(seconds: int) -> None:
    assert refused(Holder().proof("POST", URL, NOW + timedelta(seconds=seconds), nonce=NONCE))


@pytest.mark.requirement("A-12")
def test_read_number_12_proof_with_its_access_token_holds() -> None:
    thumbprint = read(Holder().proof("POST", URL, NOW, nonce=NONCE, access_token=TOKEN), access_token=TOKEN)

    assert thumbprint == Holder().thumbprint


@pytest.mark.requirement("A-12")
@pytest.mark.parametrize("shown", [None, "another access token"])
def test_read_number_12_proof_for_another_access_token_is_refused(shown: str | None) -> None:
    assert refused(Holder().proof("POST", URL, NOW, nonce=NONCE, access_token=shown), access_token=TOKEN)


@pytest.mark.requirement("A-17")
def test_read_proof_that_was_seen_is_refused() -> None:
    proof = Holder().proof("POST", URL, NOW, nonce=NONCE)
    read(proof)

    assert refused(proof)


@pytest.mark.requirement("A-17")
def test_read_identifier_that_was_seen_of_another_key_holds() -> None:
    read(Holder("one").proof("POST", URL, NOW, nonce=NONCE, jti="same"))

    assert read(Holder("other").proof("POST", URL, NOW, nonce=NONCE, jti="same")) == Holder("other").thumbprint
    assert refused(Holder("one").proof("POST", URL, NOW, nonce=NONCE, jti="same", iat=int(NOW.timestamp()) - 1))


@pytest.mark.requirement("A-15")
def test_read_proof_with_an_access_token_needs_no_nonce_but_never_a_wrong_one() -> None:
    shown = Holder().proof("POST", URL, NOW, access_token=TOKEN)

    assert read(shown, access_token=TOKEN) == Holder().thumbprint
    with pytest.raises(UseNonce):
        read(Holder().proof("POST", URL, NOW, access_token=TOKEN, nonce="made up"), access_token=TOKEN)


def test_thumbprint_is_that_of_the_key_alone() -> None:
    assert jose.thumbprint(Holder().jwk | {"kid": "x"}) == Holder().thumbprint
