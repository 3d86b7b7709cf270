# Source: C2SP Wycheproof, testvectors_v1/json_web_signature_test.json.
import json
from typing import Final, NamedTuple

import pytest
from pydantic import BaseModel, JsonValue

from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import Algorithm
from tests.conformance.jws import is_accepted, is_refused_as_token
from tests.conformance.vectors import needs_vectors, read

MISENCODED: Final = {367, 370, 372, 373}
"""Vectors whose base64 does not say what their comment says."""

pytestmark = needs_vectors


class Vector(BaseModel):
    tcId: int  # noqa: N815 (the file's name)
    comment: str
    jws: JsonValue
    result: str


class Group(BaseModel):
    public: dict[str, JsonValue] | None = None
    private: dict[str, JsonValue] | None = None
    tests: list[Vector]


class File(BaseModel):
    testGroups: list[Group] = []  # noqa: N815 (the file's name)


class Case(NamedTuple):
    jwk: str
    key_algorithm: JsonValue
    presented: str
    is_valid: bool


def cases() -> list[object]:
    file = File.model_validate_json(read("wycheproof/json_web_signature_test.json"))
    return [
        pytest.param(case(group, vector), id=f"{vector.tcId}-{vector.comment}")
        for group in file.testGroups
        for vector in group.tests
        if vector.tcId not in MISENCODED
    ]


def case(group: Group, vector: Vector) -> Case:
    key = group.public or group.private or {}
    presented = vector.jws if isinstance(vector.jws, str) else json.dumps(vector.jws)
    return Case(json.dumps(key), key.get("alg"), presented, vector.result == "valid")


def named_algorithm(presented: str) -> JsonValue:
    try:
        header: JsonValue = json.loads(jose.b64url_decode(presented.split(".", maxsplit=1)[0]))
    except (TokenRefused, ValueError):
        return None
    return header.get("alg") if isinstance(header, dict) else None


@pytest.mark.parametrize("vector", cases())
def test_verify_wycheproof_jws_is_accepted_exactly_when_valid_and_of_our_algorithms(vector: Case) -> None:
    is_ours = vector.key_algorithm in set(Algorithm) and named_algorithm(vector.presented) == vector.key_algorithm

    assert is_accepted(vector.presented, vector.jwk) is (vector.is_valid and is_ours)


@pytest.mark.parametrize("vector", cases())
def test_parse_wycheproof_jws_is_no_token(vector: Case) -> None:
    assert is_refused_as_token(vector.presented, vector.jwk)


def test_cases_are_all_of_the_file() -> None:
    assert len(cases()) == 397
