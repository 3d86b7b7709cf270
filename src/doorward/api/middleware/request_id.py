"""A name for every request, by which its answer, its log lines and a report of a fault find one another."""

import re
from collections import deque
from datetime import datetime
from typing import Final

from doorward.core.kernel.secrets import random_bytes

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_RANDOM_BYTES: Final = 10
_DIGITS: Final = 2 * _RANDOM_BYTES
_DRAWN_AT_ONCE: Final = 64
_DRAWN: Final[deque[str]] = deque()


def request_id(from_proxy: str | None, *, now: datetime) -> str:
    """Return the id of a request: the one that a trusted proxy gave it, or a fresh one that sorts by time."""
    if from_proxy is not None and _WELL_FORMED.fullmatch(from_proxy):
        return from_proxy
    return f"{int(now.timestamp() * 1000):012x}{_random()}"


def _random() -> str:
    """Return random digits, drawn for many requests at once: each draw is a system call that lets other threads in."""
    try:
        return _DRAWN.popleft()
    except IndexError:
        drawn = random_bytes(_RANDOM_BYTES * _DRAWN_AT_ONCE).hex()
        _DRAWN.extend(drawn[at : at + _DIGITS] for at in range(_DIGITS, len(drawn), _DIGITS))
        return drawn[:_DIGITS]
