"""Which passwords are good enough.

Source: NIST SP 800-63B-4 section 3.1.1; OWASP ASVS 5.0 chapter V6.2; RFC 8265 section 4.2 (OpaqueString).
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

from doorward.core.credentials.errors import PasswordUnsuitable

MINIMUM_CHARACTERS: Final = 15
MAXIMUM_CHARACTERS: Final = 1024
MAXIMUM_BYTES: Final = 4096
_NO_TEXT: Final = ("Cc", "Cs")
_LONGEST_UNIT: Final = 8
_SHORTEST_CONTEXT_WORD: Final = 4
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "0123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def normalise(password: str) -> str:
    """Return the password as it is hashed: NFC, with every kind of space as a plain one.

    One that is too long to be hashed stays as it is, since composing a long text costs the square of its length.
    Source: RFC 8265 section 4.2.2.
    """
    if not is_hashable(password):
        return password
    spaced = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in password)
    return unicodedata.normalize("NFC", spaced)


def check(password: str, *, pointer: str, context: Iterable[str], minimum: int = MINIMUM_CHARACTERS) -> None:
    """Return when the normalised `password` may be used; `context` holds words that belong to its owner.

    Raises: PasswordUnsuitable, with a reason for its author.
    """
    reason = _objection(password, context, minimum)
    if reason:
        raise PasswordUnsuitable(pointer, reason)


def is_hashable(password: str) -> bool:
    """Tell whether a presented password is short enough to be worth hashing."""
    return len(password) <= MAXIMUM_CHARACTERS and len(password.encode("utf-8", "surrogatepass")) <= MAXIMUM_BYTES


def _objection(password: str, context: Iterable[str], minimum: int) -> str | None:
    if len(password) < minimum:
        return f"Use at least {minimum} characters; a few words in a row are easy to remember."
    if not is_hashable(password):
        return f"Use at most {MAXIMUM_CHARACTERS} characters."
    if any(unicodedata.category(letter) in _NO_TEXT for letter in password):
        return "Leave out control characters such as tabs and line breaks."
    if is_guessable(password, context):
        return "This is too easy to guess: it repeats itself, follows the keyboard, or is made of your own name."
    return None


def is_guessable(password: str, context: Iterable[str]) -> bool:
    """Tell whether little is left of a password without repetition, keyboard rows and its owner's own words."""
    rest = password.casefold()
    words = sorted({word.casefold() for word in context}, key=len, reverse=True)
    for word in words:
        if len(word) >= _SHORTEST_CONTEXT_WORD:
            rest = rest.replace(word, "")
    return len(_unit(rest)) <= _LONGEST_UNIT or _is_run(rest)


def _unit(text: str) -> str:
    """Return the shortest piece that `text` is a repetition of (the last one may be cut off)."""
    for size in range(1, len(text)):
        piece = text[:size]
        if (piece * (len(text) // size + 1))[: len(text)] == text:
            return piece
    return text


def _is_run(text: str) -> bool:
    return any(text in row * 8 or text in row[::-1] * 8 for row in _ROWS)
