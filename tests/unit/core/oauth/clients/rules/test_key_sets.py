import base64
import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.kernel.errors import Invalid
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.rules import key_sets
from tests.unit.core.oauth.keys import EC_KEY, EDWARDS_KEY, RSA_KEY

PRIVATE_MEMBERS: Final = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5)


def spelled(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def a_set(*keys: object) -> str:
    return json.dumps({"keys": keys})


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY, EDWARDS_KEY], ids=["EC", "RSA", "OKP"])
def test_check_public_key_is_kept_without_what_is_not_known(key: dict[str, str]) -> None:
    kept = json.loads(key_sets.check(a_set(key | {"x5u": "https://evil.example", "note": "x"}), pointer="/jwks"))

    assert kept == {"keys": [key]}


@pytest.mark.parametrize("member", PRIVATE_MEMBERS)
@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY, EDWARDS_KEY], ids=["EC", "RSA", "OKP"])
def test_check_private_key_is_refused(key: dict[str, str], member: str) -> None:
    with pytest.raises(Invalid, match="private"):
        key_sets.check(a_set(EC_KEY, key | {member: "AQAB"}), pointer="/jwks")


@pytest.mark.requirement("J-04")
@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "AQAB"},
        {"kty": "EC"},
        EC_KEY | {"crv": "P-384"},
        EC_KEY | {"crv": "secp256k1"},
        EC_KEY | {"x": EC_KEY["y"], "y": EC_KEY["x"]},
        EC_KEY | {"x": "A" * 43, "y": "A" * 43},
        EC_KEY | {"x": EC_KEY["x"] + "="},
        EC_KEY | {"x": EC_KEY["x"][:-1]},
        EC_KEY | {"x": 1},
        EC_KEY | {"x": "A"},
        EC_KEY | {"alg": "RS256"},
        EC_KEY | {"alg": "HS256"},
        EC_KEY | {"alg": "none"},
        EC_KEY | {"alg": ["ES256"]},
        EC_KEY | {"use": "enc"},
        EC_KEY | {"key_ops": ["sign"]},
        EC_KEY | {"kid": ""},
        EC_KEY | {"kid": 1},
        EC_KEY | {"kid": "a" * 257},
        EC_KEY | {"kty": ["EC"]},
        RSA_KEY | {"n": spelled(2**2047 - 1)},
        RSA_KEY | {"n": spelled(2**8192 + 1)},
        RSA_KEY | {"n": spelled(2**2048)},
        RSA_KEY | {"e": "AQ"},
        RSA_KEY | {"e": "Aw"},
        RSA_KEY | {"e": spelled(2**32 + 1)},
        RSA_KEY | {"e": None},
        RSA_KEY | {"alg": "RS1"},
        EDWARDS_KEY | {"crv": "Ed448"},
        EDWARDS_KEY | {"crv": "X25519"},
        EDWARDS_KEY | {"alg": "Ed448"},
        EDWARDS_KEY | {"x": "AQAB"},
        [],
        "key",
        None,
    ],
)
def test_check_key_that_is_weak_or_of_another_kind_is_refused(key: object) -> None:
    with pytest.raises(Invalid) as refused:
        key_sets.check(a_set(key), pointer="/jwks")

    assert refused.value.pointer == "/jwks"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"keys":[]}',
        '{"keys":{}}',
        '{"keys":[NaN]}',
        '{"keys":[],"keys":[]}',
        "[" * 100_000,
        a_set(*[EC_KEY] * 11),
        a_set(EC_KEY) + " " * 20_000,
    ],
)
def test_check_what_is_no_key_set_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        key_sets.check(text, pointer="/jwks")


@given(st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops"]), JSON))
def test_reason_against_any_members_says_something_or_nothing(members: dict[str, JsonValue]) -> None:
    reason = key_sets.reason_against(members)

    assert reason is None or reason.endswith(".")


@pytest.mark.requirement("J-01")
def test_fitting_key_is_of_the_algorithm_and_the_id() -> None:
    keys: tuple[key_sets.Key, ...] = (
        EC_KEY,
        RSA_KEY,
        RSA_KEY | {"kid": "three"},
        EC_KEY | {"kid": "four", "use": "enc"},
    )

    assert key_sets.fitting(keys, Algorithm.ES256, None) == (EC_KEY,)
    assert key_sets.fitting(keys, Algorithm.RS256, "three") == (RSA_KEY | {"kid": "three"},)
    assert key_sets.fitting(keys, Algorithm.RS256, "one") == ()
    assert key_sets.fitting(keys, Algorithm.ES256, "four") == ()


@pytest.mark.requirement("J-01", "J-03")
@pytest.mark.parametrize("name", ["EdDSA", "Ed25519"])
def test_fitting_key_of_ed25519_may_use_either_name(name: str) -> None:
    key = EDWARDS_KEY | {"alg": name}

    assert key_sets.fitting((key,), Algorithm.EDDSA, None) == (key,)
    assert key_sets.fitting((key,), Algorithm.ES256, None) == ()


def test_fitting_key_that_may_not_be_registered_never_fits() -> None:
    weak: key_sets.Key = RSA_KEY | {"n": spelled(2**1023 + 1)}

    assert key_sets.fitting([weak, EC_KEY | {"d": "AQAB"}], Algorithm.RS256, None) == ()
    assert key_sets.fitting([EC_KEY | {"d": "AQAB"}], Algorithm.ES256, None) == ()
