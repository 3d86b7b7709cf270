"""JSON in a parameter, by a reading that leaves nothing open.

Source: RFC 7493 (I-JSON).
"""

import json
from math import isfinite
from typing import Final

from doorward.core.kernel.json_value import depth, no_constant, unrepeated
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue

MAX_DEPTH: Final = jose.MAX_DEPTH - 1
"""How deep a value may nest: in a token it is a member, and what nests deeper is no token that anybody reads."""


def read(text: str) -> JsonValue:
    """Return a value whose members are named once each, that nests at most seven levels and holds finite numbers.

    Raises: ValueError.
    """
    try:
        value: JsonValue = json.loads(
            text, object_pairs_hook=unrepeated, parse_constant=no_constant, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it nests too deep") from None
    if depth(value) > MAX_DEPTH:
        raise ValueError("it nests too deep")
    write(value).encode()  # half of a pair (RFC 8259 section 8.2) is text that nobody can write down again
    return value


def write(value: JsonValue) -> str:
    """Return the one spelling that is kept of a value."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def canonical(value: JsonValue) -> str:
    """Return a spelling that two values share when they are the same, in whatever order their members come.

    Numbers are the same when they are written alike: 1, 1.0 and true are three.
    """
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number
