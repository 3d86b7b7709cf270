"""The code that a device shows and a person types: short, without vowels, forgiving about how it is typed.

Source: RFC 8628 sections 5.1 and 6.1.
"""

import unicodedata
from typing import Final

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty letters that make no word, and of which none is taken for a digit."""

LETTERS: Final = 8
"""Twenty to the power of eight: 34.5 bits. Five tries find one of them with a chance of 2^-32."""

LONGEST: Final = 64
_GROUP: Final = 4


def normalise(presented: str) -> str:
    """Return the letters of a code as somebody typed it: in any case, and with whatever stands between them.

    What is not of the alphabet does not count, so neither dashes nor blanks nor a slip do. Letters of full width, as
    some keyboards write them, are those letters.
    """
    plain = unicodedata.normalize("NFKD", presented[:LONGEST])
    raised = (letter.upper() for letter in plain if letter.isascii())
    # One letter may stand for many (U+3392 is MHz), so what comes of it is bounded too.
    return "".join(letter for letter in raised if letter in ALPHABET)[:LONGEST]


def is_whole(code: str) -> bool:
    """Tell whether a normalised code has as many letters as one has."""
    return len(code) == LETTERS


def shown(code: str) -> str:
    """Return a code as devices and pages show it: in groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
