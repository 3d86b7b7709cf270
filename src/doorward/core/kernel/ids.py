"""Identifiers: 26 characters that sort by the time they were made."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NewType

from doorward.core.kernel.letters import pairs_of, spelled
from doorward.core.kernel.secrets import random_bytes

AccountId = NewType("AccountId", str)
ClaimId = NewType("ClaimId", str)
SessionId = NewType("SessionId", str)
DeviceId = NewType("DeviceId", str)
JobId = NewType("JobId", str)
KeyId = NewType("KeyId", str)
ClientId = NewType("ClientId", str)

ID_LENGTH: Final = 26
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = pairs_of(_ALPHABET)
_TIME_LETTERS: Final = 10
_TAIL_BITS: Final = 80
_TAIL_LETTERS: Final = ID_LENGTH - _TIME_LETTERS
_PAIR_BITS: Final = 10
_LETTER_OF_BYTE: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def new_id(now: datetime) -> str:
    """Return a fresh identifier: 48 bits of milliseconds, then 80 random bits, in Crockford's base 32.

    Identifiers made later sort later, so an index that grows by them is appended to and stays small in memory.
    """
    milliseconds = int(now.timestamp() * 1000)
    tail = random_bytes(_TAIL_LETTERS).translate(_LETTER_OF_BYTE).decode()
    return f"{_beginning(milliseconds >> _PAIR_BITS)}{_PAIRS[milliseconds % len(_PAIRS)]}{tail}"


def id_of(milliseconds: int, tail: int) -> str:
    """Return the identifier of something made so many milliseconds after 1970, with `tail` as its other 80 bits."""
    return spelled(milliseconds << _TAIL_BITS | tail, ID_LENGTH, _PAIRS)


@lru_cache(maxsize=4)
def _beginning(seconds: int) -> str:
    """Return what the identifiers of one moment begin with: one of 1,024 milliseconds, so that it is mostly at hand."""
    return spelled(seconds, _TIME_LETTERS - 2, _PAIRS)


def made_at(identifier: str) -> datetime:
    """Return when an identifier of ours was made, to the millisecond; for one that no clock made, the end of time."""
    milliseconds = 0
    for letter in identifier[:_TIME_LETTERS]:
        milliseconds = milliseconds * len(_ALPHABET) + _ALPHABET.index(letter)
    return _EPOCH + timedelta(milliseconds=milliseconds) if milliseconds < _END else datetime.max.replace(tzinfo=UTC)


def is_id(presented: str) -> bool:
    """Tell whether `presented` has the shape of an identifier."""
    return len(presented) == ID_LENGTH and not presented.strip(_ALPHABET)
