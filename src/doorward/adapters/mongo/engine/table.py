"""What a collection is, and how a row becomes a document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from doorward.adapters.mongo.engine.values import moment

Document: TypeAlias = dict[str, Any]
"""What a driver hands out: its types are known to the column, not to the checker."""

LIVE: Final[Document] = {"gone": None}
"""What a document that was not removed is found by."""

GONE_FOR: Final = timedelta(days=7)
"""How long a removed document is remembered: longer than any process can pause in the middle of a write."""

_SECOND_LINE: Final = timedelta(days=60)
"""How long past its time a document stays when the worker does not remove it."""

_SEPARATOR: Final = "/"  # no identifier holds it


@dataclass(frozen=True, slots=True)
class Index:
    """An index over columns; a unique one leaves out the documents whose first column is null."""

    columns: tuple[str, ...]
    is_unique: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A collection. `fades` tells when a row has had its time, or None while it must not go by itself."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    fades: Callable[[Document], int | None] | None = None

    @property
    def unique_columns(self) -> tuple[str, ...]:
        """The columns whose values no two rows share while they have one."""
        return tuple(index.columns[0] for index in self.indexes if index.is_unique)

    def key_of(self, row: Document) -> str | int:
        """Return the `_id` of a row."""
        return key_of(*(row[column] for column in self.key))

    def document(self, row: Document) -> Document:
        """Return a row as it is kept, without the number of a turn."""
        columns = {column: row[column] for column in self.columns}
        return {"_id": self.key_of(row), **columns, "fades_at": self._fades_at(row)}

    def _fades_at(self, row: Document) -> datetime | None:
        over = self.fades(row) if self.fades else None
        return moment(over) + _SECOND_LINE if over else None


def key_of(*values: str | int | bytes) -> str | int:
    """Return the `_id` of the row with this primary key: a number as it is, a text, or bytes in hexadecimal."""
    first = values[0]
    if len(values) > 1:
        return _SEPARATOR.join(str(value) for value in values)
    return first.hex() if isinstance(first, bytes) else first
