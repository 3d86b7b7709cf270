"""Letters that look alike.

Source: Unicode Technical Standard 39.
"""

from functools import cache, lru_cache
from typing import Final

from confusable_homoglyphs import categories, confusables

_SHARED_SCRIPTS: Final = frozenset({"COMMON", "INHERITED"})
_MIXED_BY_CUSTOM: Final = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)
"""Scripts that one name may mix, since people do: UTS 39 section 5.2, "highly restrictive"."""


def is_of_one_script(name: str) -> bool:
    """Tell whether the letters of a name are those of one alphabet, or of several that people mix."""
    scripts = set(categories.unique_aliases(name)) - _SHARED_SCRIPTS
    return len(scripts) <= 1 or any(scripts <= mixed for mixed in _MIXED_BY_CUSTOM)


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """Return what `name` has in common with every name that looks like it.

    Source: Unicode Technical Standard 39 section 4.
    """
    prototypes = _prototypes()
    return "".join(prototypes.get(letter, letter) for letter in name)


@cache
def _prototypes() -> dict[str, str]:
    """Return for every letter that has look-alikes the one that stands for all of them.

    The table is taken both ways and passed on: what looks like a twin of a letter looks like the letter.
    """
    alike: dict[str, set[str]] = {}
    for letter, twins in confusables.confusables_data.items():
        named = {twin["c"] for twin in twins} | {letter}
        group = {member for member in named if len(member) == 1}
        whole = group.union(*(alike.get(member, ()) for member in group))
        alike.update(dict.fromkeys(whole, whole))
    return {letter: _plainest(group) for letter, group in alike.items()}


def _plainest(group: set[str]) -> str:
    plain = [member for member in group if member.isascii() and member.isalnum()]
    return min(plain or group).casefold()
