"""Parts of a file, and whether it is the same one as before.

Source: RFC 9110 sections 13.1 and 14.
"""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*(\d{0,16})-(\d{0,16})[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from `start` to before `stop`."""

    start: int
    stop: int


class Unsatisfiable(ValueError):
    """A range begins behind the end (RFC 9110 section 15.5.17)."""


def span_of(said: str | None, size: int) -> Span | None:
    """Return the one part that a Range field asks for; None: the whole, as where it cannot be read.

    Several parts at once are none of our offers: whoever asks for many gets the whole once, and not each of them.
    Raises: Unsatisfiable.
    """
    found = _ONE_RANGE.fullmatch(said or "")
    if found is None:
        return None
    first, last = found.groups()
    if not first:
        return _suffix(last, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(int(last) + 1, size) if last else size)


def is_among(etag: str, said: str | None) -> bool:
    """Tell whether If-None-Match names an entity tag (section 13.1.2: weak comparison)."""
    tags = {tag.strip().removeprefix("W/") for tag in (said or "").split(",")}
    return etag in tags or "*" in tags


def _suffix(last: str, size: int) -> Span | None:
    if not last:
        return None
    if int(last) == 0:
        raise Unsatisfiable
    return Span(max(0, size - int(last)), size)
