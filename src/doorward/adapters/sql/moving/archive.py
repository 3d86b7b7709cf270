"""Everything that a database keeps, as records."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, select, true, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Loading, Notes
from doorward.adapters.sql.engine.open import open_database
from doorward.adapters.sql.engine.statement import Statement, given, upsert
from doorward.adapters.sql.store import schema_of
from doorward.core.moving.ports import Archive, Records
from doorward.core.moving.records import META, STAYS, Kind, Row
from doorward.core.operating.records import Schema

_COPY: Final = "copy"
_CONNECTIONS: Final = 2
_MARK = upsert(tables.meta)
_UNMARK = Statement(delete(tables.meta).where(tables.meta.c.key == given("key")))


@dataclass(frozen=True, slots=True)
class SqlRecords(Records):
    """Reads records on one connection."""

    connection: Connection

    def count(self, kind: Kind) -> int:
        row = self.connection.one(_count(kind))
        return row[0] if row else 0

    def page(self, kind: Kind, *, after: Row | None, limit: int) -> list[Row]:
        if after is None:
            return self.connection.all(_first(kind), limit=limit)
        behind = {f"after_{number}": value for number, value in enumerate(after)}
        return self.connection.all(_next(kind), limit=limit, **behind)


class SqlArchive(Archive):
    """The whole store behind a URL.

    Raises what `open_database` raises.
    """

    def __init__(self, url: str) -> None:
        self._database = open_database(url, pool_size=_CONNECTIONS)

    def schema(self) -> Schema:
        with self._database.view() as connection:
            return schema_of(connection)

    @contextmanager
    def snapshot(self) -> Iterator[SqlRecords]:
        with self._database.snapshot() as connection:
            yield SqlRecords(connection)

    def put(self, kind: Kind, rows: Sequence[Row], *, move: str) -> None:
        with self._database.unit(Notes()) as connection:
            if rows:
                connection.load(_loading(kind), rows)
            connection.change(_MARK, key=_COPY, value=move)

    def empty(self, kind: Kind, *, move: str) -> None:
        with self._database.unit(Notes()) as connection:
            connection.change(_delete(kind))
            connection.change(_MARK, key=_COPY, value=move)

    def mark(self, move: str | None) -> None:
        with self._database.unit(Notes()) as connection:
            if move is None:
                connection.change(_UNMARK, key=_COPY)
            else:
                connection.change(_MARK, key=_COPY, value=move)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


@cache
def _count(kind: Kind) -> Statement:
    return Statement(select(func.count()).select_from(_table(kind)).where(_moves(kind)))


@cache
def _first(kind: Kind) -> Statement:
    return Statement(_in_order(kind).limit(given("limit")))


@cache
def _next(kind: Kind) -> Statement:
    behind = tuple_(*(given(f"after_{number}") for number in range(kind.keys)))
    return Statement(_in_order(kind).where(tuple_(*_keys(kind)) > behind).limit(given("limit")))


@cache
def _delete(kind: Kind) -> Statement:
    return Statement(delete(_table(kind)).where(_moves(kind)))


@cache
def _loading(kind: Kind) -> Loading:
    table, values = _table(kind), {name: given(name) for name in kind.columns}
    insert = Statement(
        sqlite.insert(table).values(values).on_conflict_do_nothing(),
        lambda: postgresql.insert(table).values(values).on_conflict_do_nothing(),
    )
    return Loading(table.name, kind.columns, insert)


def _in_order(kind: Kind) -> Select[Row]:
    table = _table(kind)
    return select(*(table.c[name] for name in kind.columns)).where(_moves(kind)).order_by(*_keys(kind))


def _moves(kind: Kind) -> ColumnElement[bool]:
    """Return what keeps back the records that stay with a store."""
    if kind.name != META.name:
        return true()
    return and_(*(tables.meta.c.key != name for name in STAYS))


def _keys(kind: Kind) -> list[ColumnElement[str]]:
    return [_table(kind).c[name] for name in kind.columns[: kind.keys]]


def _table(kind: Kind) -> Table:
    return tables.METADATA.tables[f"{tables.PREFIX}{kind.name}"]
