# Source: RFC 9449 section 4.3: what is checked of a proof, in its order.
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.keys import dpop, jose
from doorward.core.keys.dpop import Proof, Use, normalised, read_proof
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from tests.builders import NOW
from tests.pairs import SIGNATURES, a_pair

pytestmark = pytest.mark.requirement("A-12")

USE = Use("POST", "https://api.example/notes")
WITH_TOKEN = replace(USE, access_token="the.access.token")
EPOCH = int(NOW.timestamp())
NOTHING: Mapping[str, JsonValue] = MappingProxyType({})


class Holder:
    """Whoever holds a key, and proves it."""

    def __init__(self, algorithm: Algorithm = Algorithm.ES256, name: str = "holder") -> None:
        self.algorithm = algorithm
        named, self.private = a_pair(algorithm, name, name)
        self.jwk = {name: value for name, value in named.items() if name not in {"kid", "alg", "use"}}

    def proof(self, claims: Mapping[str, JsonValue] = NOTHING, header: Mapping[str, JsonValue] = NOTHING) -> str:
        """Return a proof for `USE`, with some members replaced (None: left out)."""
        head: dict[str, JsonValue] = {"typ": "dpop+jwt", "alg": self.algorithm.value, "jwk": self.jwk}
        body: dict[str, JsonValue] = {"jti": "one", "htm": "POST", "htu": USE.uri, "iat": EPOCH}
        signed = ".".join(
            part({name: one for name, one in half.items() if one is not None})
            for half in ({**head, **header}, {**body, **claims})
        )
        signature = SIGNATURES.sign(self.algorithm, self.private, signed.encode())
        return f"{signed}.{jose.b64url_encode(signature)}"


HOLDER = Holder()


def part(members: Mapping[str, JsonValue]) -> str:
    return jose.b64url_encode(json.dumps(members).encode())


def read(*presented: str, use: Use = USE) -> Proof:
    return read_proof(presented, use, signatures=SIGNATURES, now=NOW)


@pytest.mark.parametrize("algorithm", dpop.ALGORITHMS)
def test_read_proof_good_names_its_key(algorithm: Algorithm) -> None:
    holder = Holder(algorithm)

    proof = read(holder.proof({"nonce": "n"}))

    assert (proof.thumbprint, proof.nonce) == (jose.thumbprint(holder.jwk), "n")
    assert proof.expires_at == NOW + dpop.PROOF_LIVES_FOR


@pytest.mark.parametrize("count", [0, 2])
def test_read_proof_check_1_not_exactly_one_field_is_refused(count: int) -> None:
    with pytest.raises(TokenRefused):
        read(*[HOLDER.proof()] * count)


@pytest.mark.parametrize("change", ["", "x", "one.two", " ", ", "])
def test_read_proof_check_2_malformed_is_refused(change: str) -> None:
    presented = HOLDER.proof()

    with pytest.raises(TokenRefused):
        read(change if change.strip(", ") else f"{presented}{change}{presented}")


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
@pytest.mark.parametrize("value", [None, ["x"], True])
def test_read_proof_check_3_claim_absent_or_of_another_kind_is_refused(name: str, value: JsonValue) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({name: value}))


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "dpop", "", None])
def test_read_proof_check_4_another_type_is_refused(kind: str | None) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(header={"typ": kind}))


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "RS256"])
def test_read_proof_check_5_another_algorithm_is_refused(algorithm: str) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(header={"alg": algorithm}))


def test_read_proof_check_6_signature_by_another_key_is_refused() -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(header={"jwk": Holder(name="another").jwk}))


@pytest.mark.parametrize("jwk", [None, {}, "key", {"kty": "oct", "k": "AAAA"}], ids=str)
def test_read_proof_check_6_without_a_public_key_is_refused(jwk: JsonValue) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(header={"jwk": jwk}))


@pytest.mark.parametrize("name", ["d", "p", "k", "oth"])
def test_read_proof_check_7_private_key_inside_is_refused(name: str) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(header={"jwk": {**HOLDER.jwk, name: "AAAA"}}))


@pytest.mark.parametrize("method", ["GET", "post", "POST "])
def test_read_proof_check_8_another_method_is_refused(method: str) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"htm": method}))


@pytest.mark.parametrize(
    "uri",
    [
        "https://api.example/note",
        "https://api.example/notes/",
        "https://api.example/Notes",
        "http://api.example/notes",
        "https://api.example:8443/notes",
        "https://other.example/notes",
        "https://api.example@other.example/notes",
        "https://api.example/x/../notes",
        "https://api.example/note%73s",
        "https://api.example\\/notes",
        "/notes",
        "",
        "https://[api.example/notes",
        "https://api.example/notes\t",
    ],
)
def test_read_proof_check_9_another_address_is_refused(uri: str) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"htu": uri}))


@pytest.mark.parametrize(
    "uri",
    ["HTTPS://API.EXAMPLE/notes", "https://api.example:443/notes", "https://api.example/note%73"],
)
def test_read_proof_check_9_other_spelling_of_the_address_is_read(uri: str) -> None:
    assert read(HOLDER.proof({"htu": uri})).thumbprint == jose.thumbprint(HOLDER.jwk)


def test_read_proof_check_9_query_and_fragment_do_not_count() -> None:
    use = replace(USE, uri=USE.uri + "?page=2")

    assert read(HOLDER.proof({"htu": USE.uri + "?page=1#top"}), use=use).thumbprint == jose.thumbprint(HOLDER.jwk)


def test_read_proof_check_9_own_address_that_is_none_refuses() -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"htu": "nowhere"}), use=replace(USE, uri="nowhere"))


def test_read_proof_check_10_nonce_is_handed_to_the_caller() -> None:
    assert read(HOLDER.proof()).nonce is None
    assert read(HOLDER.proof({"nonce": "given"})).nonce == "given"
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"nonce": 1}))


@pytest.mark.parametrize(("seconds", "is_read"), [(-60, False), (-59, True), (10, True), (30, True), (31, False)])
def test_read_proof_check_11_is_read_within_its_minute(seconds: int, is_read: bool) -> None:  # noqa: FBT001
    presented = HOLDER.proof({"iat": EPOCH + seconds})

    if is_read:
        assert read(presented).expires_at == NOW + timedelta(seconds=60 + seconds)
    else:
        with pytest.raises(TokenRefused):
            read(presented)


@pytest.mark.parametrize("claims", [{"exp": EPOCH - 30}, {"nbf": EPOCH + 31}, {"exp": "soon"}], ids=str)
def test_read_proof_check_11_expired_or_too_early_by_its_own_word_is_refused(claims: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof(claims))


@pytest.mark.parametrize("ath", [None, "", "x", dpop.token_digest("another"), 1])
def test_read_proof_check_12_for_another_access_token_is_refused(ath: JsonValue) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"ath": ath}), use=WITH_TOKEN)


def test_read_proof_check_12_for_the_access_token_is_read() -> None:
    # RFC 9449 section 7.1: the digest of the section's own example.
    example = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"

    assert dpop.token_digest(example) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    assert read(HOLDER.proof({"ath": dpop.token_digest("the.access.token")}), use=WITH_TOKEN).nonce is None


@pytest.mark.requirement("A-17")
def test_read_proof_what_may_be_used_once_is_told_apart_by_key_and_id() -> None:
    same, other_id, other_key = HOLDER.proof(), HOLDER.proof({"jti": "two"}), Holder(name="another").proof()

    digests = [read(presented).digest for presented in (same, HOLDER.proof({"iat": EPOCH - 1}), other_id, other_key)]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


@pytest.mark.parametrize("token_id", ["", "x" * 257])
def test_read_proof_id_that_is_none_is_refused(token_id: str) -> None:
    with pytest.raises(TokenRefused):
        read(HOLDER.proof({"jti": token_id}))


@given(st.text(max_size=60) | st.from_regex(r"https?://[!-~]{0,40}", fullmatch=True))
def test_normalised_any_text_stays_as_it_is_the_second_time(uri: str) -> None:
    once = normalised(uri)

    assert once is None or normalised(once) == once
