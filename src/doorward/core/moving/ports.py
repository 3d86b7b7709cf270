"""What moving asks of the outside: stores that give and take records as they are, and files that keep them."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from doorward.core.moving.records import Header, Kind, Row, Summary
from doorward.core.operating.records import Schema


class Records(Protocol):
    """Reads what a store keeps, of one moment where the store can hold it, else of the present."""

    @abstractmethod
    def count(self, kind: Kind) -> int:
        """Return how many records there are of a kind."""

    @abstractmethod
    def page(self, kind: Kind, *, after: Row | None, limit: int) -> list[Row]:
        """Return at most `limit` records whose keys follow `after`, or the first ones, in the store's order of keys.

        That order is the store's own, but always the same. What stays with a store (`STAYS`) is never among them.
        """


class Archive(Protocol):
    """Everything that a store keeps, as records. It is the whole store at once: nobody else should work on it."""

    @abstractmethod
    def schema(self) -> Schema:
        """Return the shape of the store; its `copy` is the move into it that is not finished.

        Raises: Unavailable.
        """

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Records]:
        """Open one moment of the store for reading; writers neither wait for it nor change what it reads.

        Raises: Unavailable.
        """

    @abstractmethod
    def put(self, kind: Kind, rows: Sequence[Row], *, move: str) -> None:
        """Write records and then the state of the move, in one transaction where the store has them.

        A record whose key, or another unique value, is there already is left out: the same page may come again.
        Raises: Unavailable.
        """

    @abstractmethod
    def empty(self, kind: Kind, *, move: str) -> None:
        """Remove every record of a kind, but what stays with the store, and write the state of the move.

        Raises: Unavailable.
        """

    @abstractmethod
    def mark(self, move: str | None) -> None:
        """Write the state of a move into this store; None: it is over, and the store can be worked on.

        Raises: Unavailable.
        """


class Pen(Protocol):
    """Writes a backup."""

    @abstractmethod
    def add(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Write records of a kind."""

    @abstractmethod
    def end(self, summaries: Mapping[str, Summary]) -> None:
        """Write what was written of each kind."""


class Backup(Protocol):
    """A backup in one file, which nobody can change, cut short or put in place of another unnoticed."""

    @abstractmethod
    def writing(self, header: Header) -> AbstractContextManager[Pen]:
        """Make the file. Once the block is left it is there, whole and on the disk; after an exception it is not.

        Raises: BackupExists. OSError.
        """

    @abstractmethod
    def check(self) -> Header:
        """Read the whole file, and return what it says of itself if every bit is as it was written.

        Raises: BackupForeign, BackupDamaged, BackupUnknown. OSError.
        """

    @abstractmethod
    def pages(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield the records as they were written, some at a time, with the name of their kind. Check it before.

        Raises: BackupDamaged, at the end, when what was read is not what was checked. OSError.
        """

    @abstractmethod
    def name(self) -> str:
        """Return what tells this backup from every other one."""


class Tells(Protocol):
    """Hears how far a move is."""

    @abstractmethod
    def begin(self, step: str, total: int) -> None:
        """Hear that a step begins, such as `copy`, and about how many records it goes."""

    @abstractmethod
    def forward(self, kind: str, records: int) -> None:
        """Hear that some more records of a kind are done."""
