import json

import pytest

from doorward.core.keys import jose
from doorward.core.oauth.rules import strict_json


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', "[NaN]", "[Infinity]", "[1e400]", "[-1e400]", '["\\ud800"]', '{"\\udc00": 1}', nested(8), "["],
    ids=["twice", "NaN", "Infinity", "too large", "too small", "half of a pair", "half a name", "deep", "open"],
)
def test_read_what_nobody_could_read_alike_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json.read(text)


def test_read_far_too_deep_is_refused() -> None:
    with pytest.raises(ValueError, match="too deep"):
        strict_json.read(nested(100_000))


def test_read_as_deep_as_may_be_can_stand_in_a_token() -> None:
    value = strict_json.read(nested(strict_json.MAX_DEPTH))

    assert strict_json.MAX_DEPTH + 1 == jose.MAX_DEPTH
    assert strict_json.write(value) == nested(7)


def test_write_is_the_one_spelling() -> None:
    assert (
        strict_json.write(strict_json.read('{ "\\u00fc": [1.50, true, "\\ud83d\\ude00"] }')) == '{"ü":[1.5,true,"😀"]}'
    )


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0"), ("1", "true"), ("0", "false"), ('"1"', "1"), ("[1,2]", "[2,1]")]
)
def test_canonical_of_different_values_is_different(one: str, other: str) -> None:
    assert strict_json.canonical(json.loads(one)) != strict_json.canonical(json.loads(other))


def test_canonical_does_not_depend_on_the_order_of_members() -> None:
    one, other = json.loads('{"a": {"x": 1, "y": [2]}, "b": 3}'), json.loads('{"b": 3, "a": {"y": [2], "x": 1}}')

    assert strict_json.canonical(one) == strict_json.canonical(other)
