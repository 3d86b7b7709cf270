"""Files of SHA-1 digests in ascending order, searched where they lie."""

import mmap
import re
from pathlib import Path
from typing import Final

_DIGEST_BYTES: Final = 20
_HEX_CHARACTERS: Final = 40
_LONGEST_LINE_BYTES: Final = 64
_SAMPLES: Final = 64
_LINE: Final = re.compile(rb"[0-9A-Fa-f]{40}(?::\d+)?\r?\n?")


class SortedDigests:
    """Finds a digest by bisection; the file is mapped, not read, so its size costs no memory.

    Two formats are told apart by their first bytes: text with one `HASH` or `HASH:COUNT` a line, as the published lists
    ordered by hash are, and bare records of twenty bytes. A sample of the records is checked for their order.
    Raises: OSError, when the file cannot be opened; ValueError, when it is in neither format or out of order.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                raise ValueError(f"{path} is empty")
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._is_text = _LINE.match(self._bytes[:_LONGEST_LINE_BYTES]) is not None
        if not self._is_text and len(self._bytes) % _DIGEST_BYTES:
            raise ValueError(f"{path} holds neither lines of hexadecimal SHA-1 nor records of {_DIGEST_BYTES} bytes")
        self._check_order(path)

    def contains(self, digest: bytes) -> bool:
        """Tell whether the file holds a digest of twenty bytes."""
        low, high = 0, self._places()
        while low < high:
            middle = (low + high) // 2
            found, after = self._record(middle)
            if found == digest:
                return True
            if found < digest:
                low = max(after, middle + 1)
            else:
                high = middle
        return False

    def _places(self) -> int:
        return len(self._bytes) if self._is_text else len(self._bytes) // _DIGEST_BYTES

    def _record(self, place: int) -> tuple[bytes, int]:
        """Return the digest at a place, and the first place behind it.

        A place in text is any byte of a line; one in binary is the number of a record.
        """
        if not self._is_text:
            return self._bytes[place * _DIGEST_BYTES : (place + 1) * _DIGEST_BYTES], place + 1
        start = self._bytes.rfind(b"\n", max(0, place - _LONGEST_LINE_BYTES), place) + 1
        end = self._bytes.find(b"\n", place)
        after = len(self._bytes) if end < 0 else end + 1
        return self._parse(start, after), after

    def _parse(self, start: int, after: int) -> bytes:
        line = self._bytes[start:after]
        if _LINE.fullmatch(line) is None:
            raise ValueError(f"no SHA-1 digest stands at byte {start}")
        return bytes.fromhex(line[:_HEX_CHARACTERS].decode())

    def _check_order(self, path: Path) -> None:
        last = self._places() - 1
        places = sorted({last * step // _SAMPLES for step in range(_SAMPLES + 1)})
        sampled = [self._record(place)[0] for place in places]
        if sampled != sorted(sampled):
            raise ValueError(f"{path} is not ordered by hash")
