import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.keys import jose, tokens
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import AccessToken, Algorithm
from tests.builders import ISSUER, KEY, NOW, an_access_token

HEADER: dict[str, JsonValue] = {"alg": "ES256", "kid": "k", "typ": "at+jwt"}


def in_base64(members: dict[str, JsonValue]) -> str:
    return jose.b64url_encode(json.dumps(members).encode())


def signed(token: AccessToken | None = None, changes: Mapping[str, JsonValue] = MappingProxyType({})) -> jose.Parsed:
    """Return a parsed token of ours, with some claims replaced (None: left out)."""
    head, body, *_ = tokens.signing_input(token or an_access_token(), Algorithm.ES256, KEY).decode().split(".")
    claims = json.loads(jose.b64url_decode(body)) | dict(changes)
    return jose.parse(f"{head}.{in_base64({name: value for name, value in claims.items() if value is not None})}.AA")


def read(parsed: jose.Parsed) -> AccessToken:
    return tokens.read_access_token(parsed, issuer=ISSUER, audience=ISSUER, now=NOW)


def test_read_access_token_of_ours_returns_the_claims() -> None:
    assert read(signed()) == an_access_token()


def test_read_access_token_with_everything_returns_the_claims() -> None:
    token = replace(
        an_access_token(),
        key_thumbprint="thumb",
        acr="urn:example:two",
        roles=("editor", "operator"),
        details='[{"type":"payment","amount":1}]',
        actor="a-service",
        amr=("pwd", "otp"),
    )

    assert read(signed(token)) == token


def test_read_access_token_of_a_client_for_itself_has_neither_session_nor_sign_in() -> None:
    token = replace(an_access_token(), subject="dwc1", client_id="dwc1", session_id=None, authenticated_at=None)

    assert read(signed(token)) == token


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
        {"sid": 7},
        {"jti": None},
        {"scope": None},
        {"scope": ["account"]},
        {"iat": None},
        {"exp": None},
        {"auth_time": "now"},
        {"acr": 1},
        {"cnf": "thumb"},
        {"cnf": {}},
        {"cnf": {"jkt": 1}},
        {"cnf": {"x5t#S256": "thumb"}},
        {"cnf": {"jkt": "thumb", "x5t#S256": "thumb"}},
        {"act": "somebody"},
        {"act": {"sub": "a", "act": {"sub": "b"}}},
        {"roles": "operator"},
        {"amr": "pwd"},
        {"amr": ["pwd", 1]},
        {"roles": ["operator", 1]},
        {"authorization_details": {}},
        {"authorization_details": "[]"},
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
def test_read_access_token_any_claim_amiss_is_refused(changes: dict[str, JsonValue]) -> None:
    with pytest.raises(TokenRefused):
        read(signed(changes=changes))


@pytest.mark.parametrize("kind", ["JWT", "dpop+jwt", "logout+jwt", "at+jwt ", ""])
def test_read_access_token_of_another_type_is_refused(kind: str) -> None:
    _, body, _ = f"{tokens.signing_input(an_access_token(), Algorithm.ES256, KEY).decode()}.AA".split(".")
    head = in_base64(HEADER | {"typ": kind, "jwk": {}})

    with pytest.raises(TokenRefused):
        read(jose.parse(f"{head}.{body}.AA"))


def test_read_access_token_not_before_within_leeway_is_read() -> None:
    assert read(signed(changes={"nbf": int(NOW.timestamp()) + 30})).issuer == ISSUER


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
        token = read(signed(changes={"auth_time": moment}))
    except TokenRefused:
        return

    assert token.authenticated_at == datetime.fromtimestamp(moment, UTC)
