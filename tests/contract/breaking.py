"""A store that breaks in the middle of a move, and somebody who hears of it in silence."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from doorward.core.moving.ports import Archive, Records, Tells
from doorward.core.moving.records import Kind, Row
from doorward.core.operating.records import Schema


class Silent(Tells):
    """Hears, and says nothing."""

    def begin(self, step: str, total: int) -> None: ...
    def forward(self, kind: str, records: int) -> None: ...


class Cut(Exception):
    """What an interruption is here."""


@dataclass
class Failing(Archive):
    """A store that breaks at the write with this number, before or after it was kept."""

    inner: Archive
    breaks_at: int
    is_kept: bool
    writes: list[str] = field(default_factory=list)

    def schema(self) -> Schema:
        return self.inner.schema()

    def snapshot(self) -> AbstractContextManager[Records]:
        return self.inner.snapshot()

    def put(self, kind: Kind, rows: Sequence[Row], *, move: str) -> None:
        self._write(kind.name, lambda: self.inner.put(kind, rows, move=move))

    def empty(self, kind: Kind, *, move: str) -> None:
        self._write(kind.name, lambda: self.inner.empty(kind, move=move))

    def mark(self, move: str | None) -> None:
        self._write("mark", lambda: self.inner.mark(move))

    def _write(self, what: str, write: Callable[[], None]) -> None:
        breaks = len(self.writes) == self.breaks_at
        self.writes.append(what)
        if not breaks or self.is_kept:
            write()
        if breaks:
            raise Cut
