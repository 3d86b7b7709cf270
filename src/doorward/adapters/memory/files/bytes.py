"""Kept bytes in this process."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from doorward.core.files.ports import Bytes, Pen, Pieces
from doorward.core.files.records import Key
from doorward.core.kernel.ids import made_at

_PIECE: Final = 256 * 1024


@dataclass(slots=True)
class MemoryPen(Pen):
    """Writes bytes."""

    heaps: "MemoryBytes"
    key: Key
    written: bytearray = field(default_factory=bytearray)

    def write(self, chunk: bytes) -> None:
        self.written += chunk

    def keep(self) -> None:
        self.heaps.kept[self.key] = bytes(self.written)
        self.heaps.pens.pop(self.key, None)

    def drop(self) -> None:
        self.heaps.pens.pop(self.key, None)


@dataclass(frozen=True, slots=True)
class MemoryBytes(Bytes):
    """Keeps bytes in this process; nothing survives its end."""

    kept: dict[Key, bytes] = field(default_factory=dict)
    pens: dict[Key, MemoryPen] = field(default_factory=dict)

    def pen(self, key: Key) -> MemoryPen:
        return self.pens.setdefault(key, MemoryPen(self, key))

    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        self.kept[key] = b"".join(self._beginning(part, count) for part, count in parts)

    def read(self, key: Key, start: int = 0, stop: int | None = None) -> Pieces:
        asked = self.kept[key][start:stop]
        return (asked[at : at + _PIECE] for at in range(0, len(asked), _PIECE))

    def size(self, key: Key) -> int | None:
        kept = self.kept.get(key)
        return None if kept is None else len(kept)

    def remove(self, key: Key) -> None:
        self.kept.pop(key, None)

    def keys(self, *, after: str = "") -> Iterator[Key]:
        keys = sorted(self.kept)
        return iter(keys[bisect_right(keys, after) :])

    def sweep(self, before: datetime) -> int:
        left = [key for key in self.pens if made_at(key) < before]
        for key in left:
            del self.pens[key]
        return len(left)

    def _beginning(self, key: Key, count: int) -> bytes:
        """Return the first bytes under a key.

        Raises: KeyError, when there are not as many.
        """
        kept = self.kept[key]
        if count > len(kept):
            raise KeyError(key)
        return kept[:count]
