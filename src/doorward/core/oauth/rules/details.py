"""Rich authorization requests: what is asked for in more than scopes, and what is left of it for one token.

Source: RFC 9396.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.rules import strict_json

Detail = Mapping[str, JsonValue]
"""One authorization detail: an object that has a type."""

MOST: Final = 16
LISTS: Final = frozenset({"locations", "actions", "datatypes", "privileges"})
"""Members that list what is asked for, so that fewer entries are less (RFC 9396 section 2.2)."""


def read(presented: str, *, types: Collection[str]) -> str:
    """Return the details as they are kept: as they were asked for, every one of a type that is known here.

    Source: RFC 9396 section 5 (unknown types are refused).
    Raises: OAuthError.
    """
    found = _read(presented)
    if not all(detail["type"] in types for detail in found):
        raise _refused("The authorization details hold a type that is not known here.")
    return _write(found)


def narrow(presented: str | None, *, granted: str | None) -> str | None:
    """Return the details for one token: all that were granted, or those of them, and that of them, that is asked for.

    What is asked for is what was granted, or less: fewer entries of the lists that are known, and all else the same.
    What was granted once stands behind one detail of the token and no more. Nothing is known here of what a type means,
    so a member that is left out, and one that is added, are more: an API may take either for everything.
    Source: RFC 9396 sections 2.2, 6 and 6.1.
    Raises: OAuthError, when more is asked for than was granted.
    """
    if presented is None:
        return granted
    wanted = _read(presented)
    held: Sequence[Detail] = json.loads(granted) if granted is not None else ()
    fits = [[place for place, each in enumerate(held) if _is_within(detail, each)] for detail in wanted]
    behind = _paired(fits)
    if behind is None:
        raise _refused("The authorization details are more than what was granted.")
    return _write([_common(held[behind[place]], detail) for place, detail in enumerate(wanted)])


def _read(presented: str) -> Sequence[Detail]:
    try:
        value = strict_json.read(presented)
    except ValueError:
        raise _refused("The authorization details are no JSON that can be read in one way only.") from None
    if not isinstance(value, list) or not value or len(value) > MOST:
        raise _refused("The authorization details are no list, or an empty or a long one.")
    found = [detail for detail in value if isinstance(detail, dict) and isinstance(detail.get("type"), str)]
    if len(found) != len(value):
        raise _refused("The authorization details hold something that has no type.")
    return found


def _write(details: Sequence[Detail]) -> str:
    return strict_json.write([dict(detail) for detail in details])


def _is_within(wanted: Detail, granted: Detail) -> bool:
    return wanted.keys() == granted.keys() and all(
        _is_no_more(name, value, granted[name]) for name, value in wanted.items()
    )


def _is_no_more(name: str, wanted: JsonValue, granted: JsonValue) -> bool:
    """Tell whether a member asks for no more than another one; an empty list may stand for everything, so it does."""
    if strict_json.canonical(wanted) == strict_json.canonical(granted):
        return True
    some, all_of_it = _entries(name, wanted), _entries(name, granted)
    return bool(some) and set(some) <= set(all_of_it)


def _common(granted: Detail, wanted: Detail) -> Detail:
    """Return what was granted, with those entries of its lists alone that are asked for."""
    return {
        name: [entry for entry in _entries(name, value) if entry in _entries(name, wanted[name])] or value
        for name, value in granted.items()
    }


def _entries(name: str, value: JsonValue) -> Sequence[str]:
    """Return the entries of a list that is known and holds nothing but text; none of anything else."""
    if name not in LISTS or not isinstance(value, list):
        return ()
    found = [entry for entry in value if isinstance(entry, str)]
    return found if len(found) == len(value) else ()


def _paired(fits: Sequence[Sequence[int]]) -> Mapping[int, int] | None:
    """Return for each place one of its choices, no choice twice; None: that cannot be done.

    Each place in turn takes a choice, and whoever has that one moves to another, if it can (Kuhn's matching).
    """
    taken: dict[int, int] = {}
    for place in range(len(fits)):
        if not _finds(place, fits, taken, seen=set()):
            return None
    return {place: choice for choice, place in taken.items()}


def _finds(place: int, fits: Sequence[Sequence[int]], taken: dict[int, int], *, seen: set[int]) -> bool:
    for choice in fits[place]:
        if choice in seen:
            continue
        seen.add(choice)
        if choice not in taken or _finds(taken[choice], fits, taken, seen=seen):
            taken[choice] = place
            return True
    return False


def _refused(description: str) -> OAuthError:
    return OAuthError(OAuthCode.INVALID_DETAILS, description)
