import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import NAMES, Algorithm
from tests.builders import KEY

HEADER = {"alg": "ES256", "kid": "k", "typ": "at+jwt"}
P_256: dict[str, JsonValue] = {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}
RFC_7638: dict[str, JsonValue] = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
    "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
    "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
    "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "iss", "exp"]) | st.text(), VALUES)
PART = (
    st.text(max_size=40)
    | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
    | MEMBERS.map(lambda members: in_base64(json.dumps(members).encode()))
)


def in_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def a_compact(header: object = HEADER, claims: object = None, *, signature: str = "AA") -> str:
    return f"{in_base64(json.dumps(header).encode())}.{in_base64(json.dumps(claims or {}).encode())}.{signature}"


def a_compact_of(claims: bytes) -> str:
    return f"{in_base64(json.dumps(HEADER).encode())}.{in_base64(claims)}.AA"


def test_parse_what_compact_wrote_returns_its_parts() -> None:
    written = jose.compact("JWT", {"iss": "i", "nonce": None}, algorithm=Algorithm.RS256, key_id=KEY)

    parsed = jose.parse(f"{written.decode()}.AAAA")

    assert (parsed.type, parsed.algorithm, parsed.key_id) == ("jwt", Algorithm.RS256, KEY)
    assert parsed.claims == {"iss": "i"}
    assert parsed.signed == written
    assert parsed.signature == bytes(3)


@given(st.text(max_size=200) | st.lists(PART, min_size=1, max_size=5).map(".".join))
@settings(max_examples=2 * settings().max_examples)
def test_parse_arbitrary_text_raises_nothing_but_token_refused(presented: str) -> None:
    try:
        parsed = jose.parse(presented)
    except TokenRefused:
        return

    assert presented.encode().startswith(parsed.signed + b".")


@given(MEMBERS, MEMBERS)
def test_parse_arbitrary_members_raises_nothing_but_token_refused(
    header: dict[str, object], claims: dict[str, object]
) -> None:
    try:
        parsed = jose.parse(a_compact(HEADER | header, claims))
    except TokenRefused:
        return

    assert parsed.claims.keys() == claims.keys()


@pytest.mark.parametrize("depth", [7, 8, 300, 500, 700, 1000, 2900])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_parse_any_depth_is_read_or_refused(depth: int, opening: str, closing: str) -> None:
    inner = b"1" if opening == "[" else b"{}"
    text = opening.encode() * depth + inner + closing.encode() * depth
    compact = a_compact_of(b'{"a":' + text + b"}")

    if depth == 7 and opening == "[":
        assert list(jose.parse(compact).claims) == ["a"]
    else:
        with pytest.raises(TokenRefused):
            jose.parse(compact)


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param("", id="empty"),
        pytest.param("a.b", id="two-parts"),
        pytest.param("a.b.c.d", id="four-parts"),
        pytest.param(a_compact() + "é", id="not-ascii"),
        pytest.param(a_compact() + "=", id="padded"),
        pytest.param(a_compact(signature="AB"), id="loose-bits"),
        pytest.param(a_compact(signature="A A"), id="space"),
        pytest.param(a_compact(signature="A"), id="no-byte"),
        pytest.param(a_compact(claims={"a": "b" * 8192}), id="longer-than-any"),
        pytest.param(a_compact(HEADER | {"x": "y" * 1024}), id="long-header"),
        pytest.param(a_compact(HEADER | {"crit": ["exp"]}), id="crit"),
        pytest.param(a_compact(HEADER | {"crit": []}), id="empty-crit"),
        pytest.param(a_compact(HEADER | {"b64": True}), id="b64"),
        pytest.param(a_compact(HEADER | {"alg": "none"}), id="none"),
        pytest.param(a_compact(HEADER | {"alg": "HS256"}), id="hmac"),
        pytest.param(a_compact(HEADER | {"alg": "es256"}), id="other-case"),
        pytest.param(a_compact(HEADER | {"alg": ["ES256"]}), id="list-for-text"),
        pytest.param(a_compact(HEADER | {"alg": "PS256"}), id="not-ours"),
        pytest.param(a_compact(HEADER | {"typ": None}), id="no-text-for-type"),
        pytest.param(a_compact(HEADER | {"kid": 1}), id="number-for-key"),
        pytest.param(a_compact({"kid": "k", "typ": "at+jwt"}), id="no-algorithm"),
        pytest.param(a_compact({"alg": "ES256", "typ": "dpop+jwt"}), id="proof-without-key"),
        pytest.param(a_compact({"alg": "ES256", "typ": "dpop+jwt", "jwk": "{}"}), id="proof-with-text-for-key"),
        pytest.param(a_compact(["alg"]), id="header-list"),
        pytest.param(a_compact(claims=["iss"]), id="claims-list"),
        pytest.param(a_compact_of(b'{"a":1,"a":2}'), id="repeated"),
        pytest.param(a_compact_of(b'{"a":{"b":1,"b":1}}'), id="repeated-inside"),
        pytest.param(a_compact_of(b'{"a":"\\ud800"}'), id="half-a-pair"),
        pytest.param(a_compact_of(b'{"\\uDFFF":1}'), id="half-a-pair-as-name"),
        pytest.param(a_compact(HEADER | {"kid": "\ud800"}), id="half-a-pair-in-header"),
        pytest.param(a_compact_of(b'{"a":NaN}'), id="nan"),
        pytest.param(a_compact_of(b'{"a":-Infinity}'), id="infinity"),
        pytest.param(a_compact_of(b'{"a":1} '), id="trailing-space-is-json"),
        pytest.param(a_compact_of(b'{"a":1}x'), id="trailing"),
        pytest.param(a_compact_of(b"\xff"), id="not-utf-8"),
        pytest.param(a_compact_of("\ufeff{}".encode()), id="byte-order-mark"),
        pytest.param(a_compact_of(b'{"a":' + b"9" * 5000 + b"}"), id="endless-number"),
    ],
)
def test_parse_malformed_is_refused(presented: str, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.id == "trailing-space-is-json":
        assert jose.parse(presented).claims == {"a": 1}
        return

    with pytest.raises(TokenRefused):
        jose.parse(presented)


@given(st.text(max_size=40))
def test_b64url_decode_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        raw = jose.b64url_decode(text)
    except TokenRefused:
        return

    assert jose.b64url_encode(raw) == text


@pytest.mark.parametrize(
    ("written", "read"), [("at+jwt", "at+jwt"), ("AT+JWT", "at+jwt"), ("application/JWT", "jwt"), ("", "")]
)
def test_parse_type_is_read_without_case_and_prefix(written: str, read: str) -> None:
    assert jose.parse(a_compact(HEADER | {"typ": written})).type == read


def test_parse_escaped_text_is_read() -> None:
    assert jose.parse(a_compact_of(b'{"a":"\\ud83d\\ude00\\u00e9"}')).claims == {"a": "😀é"}


def test_parse_header_without_type_and_key_names_neither() -> None:
    parsed = jose.parse(a_compact({"alg": "ES256"}))

    assert (parsed.type, parsed.key_id) == ("", None)


@pytest.mark.requirement("J-03")
@pytest.mark.parametrize(("name", "algorithm"), NAMES.items())
def test_parse_algorithm_is_read_only_where_it_is_allowed(name: str, algorithm: Algorithm) -> None:
    presented = a_compact(HEADER | {"alg": name})

    assert jose.parse(presented, algorithms=set(Algorithm)).algorithm is algorithm
    with pytest.raises(TokenRefused):
        jose.parse(presented, algorithms=set(Algorithm) - {algorithm})


def test_parse_key_in_the_header_is_kept_in_proofs_alone() -> None:
    embedded = {"alg": "ES256", "jwk": P_256}

    assert jose.parse(a_compact(embedded | {"typ": "dpop+jwt"})).jwk == P_256
    assert jose.parse(a_compact(embedded | {"typ": "at+jwt"})).jwk is None


@given(st.integers())
def test_moment_any_number_is_read_or_refused(seconds: int) -> None:
    try:
        read = jose.moment({"iat": seconds}, "iat")
    except TokenRefused:
        return

    assert read == datetime.fromtimestamp(seconds, UTC)


def test_thumbprint_rfc_7638_section_3_1() -> None:
    assert jose.thumbprint(RFC_7638) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_thumbprint_rfc_8037_section_a_3() -> None:
    key: dict[str, JsonValue] = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    assert jose.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("key", [{}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256"}, {"kty": 1}], ids=str)
def test_thumbprint_no_public_key_is_refused(key: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenRefused):
        jose.thumbprint(key)


def test_public_key_keeps_what_is_public_and_names_the_algorithm() -> None:
    read = json.loads(jose.public_key(P_256 | {"kid": "k", "x5u": "https://other.example"}, Algorithm.ES256))

    assert read == P_256 | {"alg": "ES256", "use": "sig"}


@pytest.mark.parametrize("named", [{}, {"alg": "EdDSA"}, {"alg": "Ed25519"}], ids=str)
def test_public_key_of_ed25519_may_use_either_name(named: dict[str, JsonValue]) -> None:
    key: dict[str, JsonValue] = {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}

    assert json.loads(jose.public_key(key | named, Algorithm.EDDSA)) == key | {"alg": "EdDSA", "use": "sig"}


@pytest.mark.parametrize(
    ("change", "algorithm"),
    [
        ({"d": "AAAA"}, Algorithm.ES256),
        ({"k": "AAAA"}, Algorithm.ES256),
        ({"alg": "ES384"}, Algorithm.ES256),
        ({"alg": "Ed25519"}, Algorithm.ES256),
        ({"alg": ["ES256"]}, Algorithm.ES256),
        ({"alg": None}, Algorithm.ES256),
        ({"use": "enc"}, Algorithm.ES256),
        ({"kty": "RSA"}, Algorithm.ES256),
        ({}, Algorithm.RS256),
        ({}, Algorithm.EDDSA),
    ],
    ids=str,
)
def test_public_key_that_is_not_meant_for_it_is_refused(change: dict[str, JsonValue], algorithm: Algorithm) -> None:
    with pytest.raises(TokenRefused):
        jose.public_key(P_256 | change, algorithm)
