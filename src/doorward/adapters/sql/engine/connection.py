"""What subjects run their statements on, whichever database it is."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy import Engine

from doorward.adapters.sql.engine.statement import Statement, Value
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId

Row: TypeAlias = tuple[Any, ...]
"""What a driver hands out: its types are known to the statement, not to the checker."""

RETRY_AFTER: Final = timedelta(seconds=1)
PATIENCE: Final = timedelta(seconds=5)
"""How long a unit of work waits for a connection or a lock before it gives up."""


@dataclass(slots=True)
class Notes:
    """What others in this process must hear of once a unit of work is durable."""

    accounts: set[AccountId] = field(default_factory=set)
    has_jobs: bool = False
    audited: list[AuditKind] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Loading:
    """Which columns of which table many rows are written to, and the statement that writes one of them."""

    table: str
    columns: tuple[str, ...]
    insert: Statement


class Connection(Protocol):
    """Runs statements, in a unit of work or in a view. Any of them fails when the database is away, full or locked."""

    @property
    @abstractmethod
    def notes(self) -> Notes:
        """What this unit of work changed.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def one(self, statement: Statement, **values: Value) -> Row | None:
        """Return the first row that a query finds."""

    @abstractmethod
    def all(self, statement: Statement, **values: Value) -> list[Row]:
        """Return every row that a query finds."""

    @abstractmethod
    def change(self, statement: Statement, **values: Value) -> int:
        """Run a change, and return how many rows it wrote.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        """Run a change; when it would break a unique key, write nothing, return 0, and let the unit go on.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def load(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        """Write many rows at once; those that would break a unique key are left out.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def take(self, statement: Statement, **values: Value) -> list[Row]:
        """Run a change, and return the rows that it wrote or removed.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def take_each(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> list[Row]:
        """Run a change for each of several rows of values, and return the rows that it wrote, in no order.

        The statement takes one of these rows for SQLite, and all of them at once for PostgreSQL.
        Raises: RuntimeError, in a view.
        """


class Database(Protocol):
    """Opens connections to one database."""

    @abstractmethod
    def unit(self, notes: Notes) -> AbstractContextManager[Connection]:
        """Open a unit of work: leaving the block commits, an exception undoes.

        Raises: Unavailable.
        """

    @abstractmethod
    def alone(self, notes: Notes) -> AbstractContextManager[Connection]:
        """Open a unit of work for one statement alone: where the database can, that is durable when it returns.

        Raises: Unavailable.
        """

    @abstractmethod
    def view(self) -> AbstractContextManager[Connection]:
        """Open a view.

        Raises: Unavailable.
        """

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Connection]:
        """Open a view of one moment, however long it is read.

        Raises: Unavailable.
        """

    @abstractmethod
    def engine(self) -> Engine:
        """Return an engine for changing tables: what it begins is one transaction, and it keeps nothing open."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""


def away() -> Unavailable:
    """Return the refusal that says: the database is away, full or locked."""
    return Unavailable(retry_after=RETRY_AFTER)


def noted(notes: Notes | None) -> Notes:
    """Return the notes of a unit of work.

    Raises: RuntimeError, when there are none: in a view.
    """
    if notes is None:
        raise RuntimeError("a view cannot write; open a unit of work")
    return notes
