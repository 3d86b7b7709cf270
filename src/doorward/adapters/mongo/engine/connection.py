"""What subjects read and write through, in a unit of work or in a view."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias

from doorward.adapters.mongo.engine.table import Document, Table
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId

Query: TypeAlias = Mapping[str, Any]
"""A filter as MongoDB writes it, of what `matching.py` understands."""

Order: TypeAlias = Sequence[tuple[str, int]]
"""Columns to sort by, with 1 for ascending and -1 for descending."""

RETRY_AFTER: Final = timedelta(seconds=1)
PATIENCE: Final = timedelta(seconds=5)
"""How long a unit of work waits for its turn, a connection or an answer before it gives up."""

MOST_PURGED: Final = 5_000
"""How many documents are removed at once, at most."""


@dataclass(slots=True)
class Notes:
    """What others in this process must hear of once a unit of work is durable."""

    accounts: set[AccountId] = field(default_factory=set)
    has_jobs: bool = False
    audited: list[AuditKind] = field(default_factory=list)


class Connection(Protocol):
    """Reads and writes documents. Anything fails when the server is away; what writes raises RuntimeError in a view."""

    @property
    @abstractmethod
    def notes(self) -> Notes:
        """What this unit of work changed.

        Raises: RuntimeError, in a view.
        """

    @abstractmethod
    def one(self, table: Table, query: Query, *, order: Order = ()) -> Document | None:
        """Return the first document that a query finds."""

    @abstractmethod
    def all(self, table: Table, query: Query, *, order: Order = (), limit: int = 0) -> list[Document]:
        """Return what a query finds; at most `limit` documents, unless that is 0."""

    @abstractmethod
    def count(self, table: Table, query: Query) -> int:
        """Return how many documents a query finds."""

    @abstractmethod
    def counts(self, table: Table, query: Query, *, by: str) -> dict[str, int]:
        """Return how many documents a query finds, for each value of a column."""

    @abstractmethod
    def put(self, table: Table, row: Document) -> None:
        """Keep a row, in place of the one with the same key if there is one."""

    @abstractmethod
    def change(self, table: Table, query: Query, row: Document) -> list[Document]:
        """Write some columns of every document that a query finds, and return the documents as they are now."""

    @abstractmethod
    def remove(self, table: Table, query: Query) -> list[Document]:
        """Remove every document that a query finds, and return them. They never come back, however late a write is."""

    @abstractmethod
    def purge(self, table: Table, query: Query) -> int:
        """Remove the documents that a query finds, for what has had its time, and return how many.

        At most MOST_PURGED at once, as the server is to answer within PATIENCE: there may be more.
        """


def away() -> Unavailable:
    """Return the refusal that says: the server is away, full or busy."""
    return Unavailable(retry_after=RETRY_AFTER)
