import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.core.keys import tokens
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import Algorithm
from tests.builders import ISSUER, KEY, NOW, an_access_token

HEADER = {"alg": "ES256", "kid": "k", "typ": "at+jwt"}
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


def signed(**changes: object) -> tokens.Parsed:
    """Return a parsed token of ours, with some claims replaced (None: left out)."""
    head, body, *_ = tokens.signing_input(an_access_token(), Algorithm.ES256, KEY).decode().split(".")
    claims = json.loads(tokens.b64url_decode(body)) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return tokens.parse(f"{head}.{in_base64(json.dumps(kept).encode())}.AA")


def test_parse_what_signing_input_wrote_returns_its_parts() -> None:
    written = tokens.signing_input(an_access_token(), Algorithm.RS256, KEY)

    parsed = tokens.parse(f"{written.decode()}.AAAA")

    assert (parsed.type, parsed.algorithm, parsed.key_id) == ("at+jwt", Algorithm.RS256, KEY)
    assert parsed.signed == written
    assert parsed.signature == bytes(3)


@given(st.text(max_size=200) | st.lists(PART, min_size=1, max_size=5).map(".".join))
@settings(max_examples=200)
def test_parse_arbitrary_text_raises_nothing_but_token_refused(presented: str) -> None:
    try:
        parsed = tokens.parse(presented)
    except TokenRefused:
        return

    assert presented.encode().startswith(parsed.signed + b".")


@given(MEMBERS, MEMBERS)
def test_parse_arbitrary_members_raises_nothing_but_token_refused(
    header: dict[str, object], claims: dict[str, object]
) -> None:
    try:
        parsed = tokens.parse(a_compact(HEADER | header, claims))
    except TokenRefused:
        return

    assert parsed.type == (HEADER | header)["typ"]


@pytest.mark.parametrize("depth", [7, 8, 300, 500, 700, 1000, 2900])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_parse_any_depth_is_read_or_refused(depth: int, opening: str, closing: str) -> None:
    inner = b"1" if opening == "[" else b"{}"
    text = opening.encode() * depth + inner + closing.encode() * depth
    compact = a_compact_of(b'{"a":' + text + b"}")

    if depth == 7 and opening == "[":
        assert list(tokens.parse(compact).claims) == ["a"]
    else:
        with pytest.raises(TokenRefused):
            tokens.parse(compact)


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
        pytest.param(a_compact({"alg": "ES256", "kid": "k"}), id="no-type"),
        pytest.param(a_compact({"alg": "ES256", "typ": "at+jwt"}), id="no-key"),
        pytest.param(a_compact(["alg"]), id="header-list"),
        pytest.param(a_compact(claims=["iss"]), id="claims-list"),
        pytest.param(a_compact_of(b'{"a":1,"a":2}'), id="repeated"),
        pytest.param(a_compact_of(b'{"a":{"b":1,"b":1}}'), id="repeated-inside"),
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
        assert tokens.parse(presented).claims == {"a": 1}
        return

    with pytest.raises(TokenRefused):
        tokens.parse(presented)


def test_read_access_token_of_ours_returns_the_claims() -> None:
    token = tokens.read_access_token(signed(), issuer=ISSUER, audience=ISSUER, now=NOW)

    assert token == an_access_token()


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": ISSUER + "/"},
        {"iss": ISSUER[:-1]},
        {"iss": ISSUER.upper()},
        {"iss": [ISSUER]},
        {"iss": None},
        {"aud": ISSUER + "/v1/web"},
        {"aud": [ISSUER]},
        {"aud": 1},
        {"aud": None},
        {"sub": None},
        {"sub": 7},
        {"client_id": None},
        {"sid": None},
        {"jti": None},
        {"scope": None},
        {"scope": ["account"]},
        {"iat": None},
        {"exp": None},
        {"auth_time": None},
        {"exp": True},
        {"exp": "1767225900"},
        {"exp": 1767225900.5},
        {"exp": 10**30},
        {"exp": -(10**30)},
        {"exp": 253402300799},
        {"exp": int(NOW.timestamp())},
        {"exp": int(NOW.timestamp()) + 301},
        {"iat": int(NOW.timestamp()) + 31},
        {"nbf": int(NOW.timestamp()) + 31},
        {"nbf": "now"},
    ],
    ids=str,
)
def test_read_access_token_any_claim_amiss_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(TokenRefused):
        tokens.read_access_token(signed(**changes), issuer=ISSUER, audience=ISSUER, now=NOW)


@pytest.mark.parametrize("kind", ["JWT", "at+JWT", "application/at+jwt", "logout+jwt", ""])
def test_read_access_token_of_another_type_is_refused(kind: str) -> None:
    _, body, _ = f"{tokens.signing_input(an_access_token(), Algorithm.ES256, KEY).decode()}.AA".split(".")
    head = in_base64(json.dumps(HEADER | {"typ": kind}).encode())

    with pytest.raises(TokenRefused):
        tokens.read_access_token(tokens.parse(f"{head}.{body}.AA"), issuer=ISSUER, audience=ISSUER, now=NOW)


def test_read_access_token_not_before_within_leeway_is_read() -> None:
    parsed = signed(nbf=int(NOW.timestamp()) + 30)

    assert tokens.read_access_token(parsed, issuer=ISSUER, audience=ISSUER, now=NOW).issuer == ISSUER


@pytest.mark.parametrize(
    ("after", "timely"),
    [
        (timedelta(seconds=-31), False),
        (timedelta(seconds=-30), True),
        (timedelta(0), True),
        (timedelta(minutes=5, seconds=29), True),
        (timedelta(minutes=5, seconds=30), False),
    ],
    ids=str,
)
def test_is_timely_holds_from_issue_to_expiry_with_leeway(after: timedelta, timely: bool) -> None:  # noqa: FBT001
    assert tokens.is_timely(an_access_token(), NOW + after) is timely


def test_is_timely_meant_to_live_longer_than_any_is_false() -> None:
    token = an_access_token(life=timedelta(minutes=5, seconds=1))

    assert not tokens.is_timely(token, NOW)


@given(st.integers())
def test_read_access_token_any_moment_is_read_or_refused(moment: int) -> None:
    try:
        token = tokens.read_access_token(signed(auth_time=moment), issuer=ISSUER, audience=ISSUER, now=NOW)
    except TokenRefused:
        return

    assert token.authenticated_at == datetime.fromtimestamp(moment, UTC)


@given(st.text(max_size=40))
def test_b64url_decode_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        raw = tokens.b64url_decode(text)
    except TokenRefused:
        return

    assert tokens.b64url_encode(raw) == text
