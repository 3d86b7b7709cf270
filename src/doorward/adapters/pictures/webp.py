"""What a WebP is made of, read without decoding it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_HEADER: Final = 12
_CHUNK_HEADER: Final = 8
_EXTENDED: Final = b"VP8X"
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_ALPHA: Final = 0x10
_EXTENDED_BYTES: Final = 10


def is_bare(picture: bytes) -> bool:
    """Tell whether this is one WebP of one frame that has pixels, maybe transparent ones, and nothing else at all.

    Source: RFC 9649 section 2.
    """
    if picture[:4] != b"RIFF" or picture[8:_HEADER] != b"WEBP" or _number(picture[4:8]) != len(picture) - 8:
        return False
    try:
        chunks = list(_chunks(picture))
    except ValueError:
        return False
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] == [_EXTENDED]:
        content = chunks[0][1]
        return len(content) == _EXTENDED_BYTES and content[0] | _ALPHA == _ALPHA and _are_pixels(kinds[1:])
    return _are_pixels(kinds)


def _are_pixels(kinds: list[bytes]) -> bool:
    return bool(kinds) and set(kinds) <= _PIXELS and not any(first == second for first, second in pairwise(kinds))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return the chunks.

    Raises: ValueError, when one goes beyond the end.
    """
    at = _HEADER
    while at < len(picture):
        kind, size = picture[at : at + 4], _number(picture[at + 4 : at + _CHUNK_HEADER])
        start, at = at + _CHUNK_HEADER, at + _CHUNK_HEADER + size + size % 2
        if at > len(picture):
            raise ValueError("a chunk goes beyond the end")
        yield kind, picture[start : start + size]


def _number(four: bytes) -> int:
    return int.from_bytes(four, "little")
