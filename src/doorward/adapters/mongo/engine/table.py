"""What a collection is, and how a row becomes a document."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

Document: TypeAlias = dict[str, Any]
"""What a driver hands out: its types are known to the column, not to the checker."""

LIVE: Final[Document] = {"gone_at": None}
"""What a document that was not removed is found by."""

GONE: Final[Document] = {"gone_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}}
"""What a document that was removed is found by: not every server takes a missing column for null where it is denied."""

GONE_FOR: Final = timedelta(days=7)
"""How long a removed document is remembered: longer than any process can pause in the middle of a write."""

_SEPARATOR: Final = "/"  # no identifier holds it but the last one


@dataclass(frozen=True, slots=True)
class Index:
    """An index over columns.

    A unique one leaves out the documents whose first column is null. One over a date may say `after` which time the
    server removes a document.
    """

    columns: tuple[str, ...]
    is_unique: bool = False
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A collection. A document that was written last `fades_after` ago is removed by the server; None: it never is.

    `later` are the columns that came after the others: a document that an older program wrote has none of them.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()
    fades_after: timedelta | None = None
    later: frozenset[str] = frozenset()

    @property
    def unique_columns(self) -> tuple[str, ...]:
        """The columns whose values no two rows share while they have one."""
        return tuple(index.columns[0] for index in self.indexes if index.is_unique)

    def key_of(self, row: Document) -> str | int:
        """Return the `_id` of a row."""
        return key_of(*(row[column] for column in self.key))

    def document(self, row: Document) -> Document:
        """Return a row as it is kept, without the number of a turn."""
        whole = {**dict.fromkeys(self.later), **row}
        return {"_id": self.key_of(row), **{column: whole[column] for column in self.columns}}


def key_of(*values: str | int | bytes) -> str | int:
    """Return the `_id` of the row with this primary key: a number as it is, a text, or bytes in hexadecimal."""
    first = values[0]
    if len(values) > 1:
        return _SEPARATOR.join(str(value) for value in values)
    return first.hex() if isinstance(first, bytes) else first
