"""JSON in a parameter, by a reading that leaves nothing open.

Source: RFC 7493 (I-JSON).
"""

import json
from typing import Final

from doorward.core.keys.jose import JsonValue

MAX_DEPTH: Final = 8


def read(text: str) -> JsonValue:
    """Return a value whose members are named once each, that nests at most eight levels and holds finite numbers.

    Raises: ValueError.
    """
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it nests too deep") from None
    if _depth(value) > MAX_DEPTH:
        raise ValueError("it nests too deep")
    return value


def write(value: JsonValue) -> str:
    """Return the one spelling that is kept of a value."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _without_repeats(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse(name: str) -> JsonValue:
    raise ValueError(name)


def _depth(value: JsonValue) -> int:
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
        case _:
            return 0
