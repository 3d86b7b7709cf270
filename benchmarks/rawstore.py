"""Tables written past the product: in bulk, row by row as they stand in the database."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import psycopg
from psycopg import sql

from benchmarks.deployment import Deployment

Cell = str | int | bytes | None


class RawStore(Protocol):
    """A database whose tables are read and written as they are."""

    def row(self, table: str, key: str, value: str) -> tuple[Sequence[str], Sequence[Cell]]:
        """Return the columns of a table, and the row whose `key` is `value`."""

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows, in one transaction."""


@contextmanager
def raw_store(deployment: Deployment) -> Iterator[RawStore]:
    """Open the database of a deployment, and leave it tidied up as one that has stood for a while."""
    if deployment.server_url is None:
        connection = sqlite3.connect(deployment.store, isolation_level=None)
        connection.execute("pragma synchronous = off")
        yield _File(connection)
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()
        return
    with psycopg.connect(deployment.server_url, autocommit=True) as server:
        yield _Server(server)
        server.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")


@dataclass(frozen=True, slots=True)
class _File(RawStore):
    connection: sqlite3.Connection

    def row(self, table: str, key: str, value: str) -> tuple[Sequence[str], Sequence[Cell]]:
        found = self.connection.execute(f"select * from {table} where {key} = ?", (value,))  # noqa: S608 (our own names)
        return [column[0] for column in found.description], found.fetchone()

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        self.connection.execute("begin")
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(f"insert into {table} ({', '.join(columns)}) values ({marks})", rows)  # noqa: S608
        self.connection.execute("commit")


@dataclass(frozen=True, slots=True)
class _Server(RawStore):
    connection: psycopg.Connection[tuple[Cell, ...]]

    def row(self, table: str, key: str, value: str) -> tuple[Sequence[str], Sequence[Cell]]:
        wanted = sql.SQL("SELECT * FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(key))
        found = self.connection.execute(wanted, [value])
        row = found.fetchone()
        if row is None:
            raise LookupError(f"there is no such row in {table}")
        return [column.name for column in found.description or ()], row

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self.connection.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
