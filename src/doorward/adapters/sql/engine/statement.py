"""Statements: written once in SQLAlchemy Core, compiled once a dialect, and run on the driver itself.

Running a prepared Core statement costs about 100 µs, the driver alone 7 to 30.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from typing import Final, TypeAlias

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Table, Text, bindparam, cast, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import TableValuedAlias
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, Cast, CompilerElement
from sqlalchemy.sql.schema import Column, Index

Value: TypeAlias = str | int | bytes | None
Kind: TypeAlias = type[Text | BigInteger | LargeBinary]
"""How a value is kept in a column."""

_SQLITE: Final[Dialect] = sqlite.dialect(paramstyle="qmark")
_NUMBERS: Final = count(1)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement in one dialect, by a name that no other has.

    `names` are its parameters in order, `constants` the values that never change.
    """

    name: str
    text: str
    names: tuple[str, ...]
    constants: dict[str, Value]

    def bind(self, values: dict[str, Value]) -> tuple[Value, ...]:
        """Return the parameters as the driver takes them.

        Raises: KeyError, when one is missing.
        """
        if self.constants:
            values = {**self.constants, **values}
        return tuple([values[name] for name in self.names])

    def bind_each(self, rows: Sequence[dict[str, Value]]) -> tuple[Value | list[Value], ...]:
        """Return the parameters of a statement that takes the values of several rows, each column as one array.

        Raises: KeyError, when one is missing.
        """
        fixed = self.constants
        return tuple([fixed[name] if name in fixed else [row[name] for row in rows] for name in self.names])


class Statement:
    """One statement for both dialects, or one for each where they differ. It is compiled when it is first used.

    What makes the one for PostgreSQL is called then, too: a store in a file never loads the other dialect.
    """

    def __init__(self, sqlite: CompilerElement, postgresql: Callable[[], CompilerElement] | None = None) -> None:
        self._sqlite = sqlite
        self._postgresql = postgresql or (lambda: sqlite)

    @cached_property
    def sqlite(self) -> Compiled:
        """The statement as SQLite reads it."""
        return _compiled(self._sqlite, _SQLITE)

    @cached_property
    def postgresql(self) -> Compiled:
        """The statement as PostgreSQL reads it."""
        return _compiled(self._postgresql(), _postgresql())


def given(name: str) -> BindParameter[Value]:
    """Return the place in a statement where a value is handed in."""
    return bindparam(name)


def given_column(name: str, kind: Kind) -> Cast[Sequence[Value]]:
    """Return the place in a statement for PostgreSQL where a value of each row is handed in, as one array."""
    return cast(bindparam(name), ARRAY(kind))


def given_rows(name: str, **columns: Kind) -> TableValuedAlias:
    """Return the table of those rows."""
    arrays = func.unnest(*(given_column(column, kind) for column, kind in columns.items()))
    return arrays.table_valued(*(Column(column, kind) for column, kind in columns.items())).render_derived(name)


def as_jsonb(element: BindParameter[Value]) -> Cast[Value]:
    """Return a value as JSON that PostgreSQL looks into."""
    from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415 (a store in a file needs none of it)

    return cast(element, JSONB)


def insert_unless_taken(table: Table, *, by: Index | None = None) -> Statement:
    """Return an INSERT that writes nothing when a unique key, or the one of the index `by`, is taken."""
    columns = None if by is None else by.columns
    where = None if by is None else by.dialect_options["sqlite"]["where"]

    def for_postgresql() -> CompilerElement:
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 (as above)

        return insert(table).on_conflict_do_nothing(index_elements=columns, index_where=where)

    return Statement(
        sqlite.insert(table).on_conflict_do_nothing(index_elements=columns, index_where=where), for_postgresql
    )


def upsert(table: Table) -> Statement:
    """Return an INSERT that writes over the row with the same primary key."""
    key = table.primary_key.columns
    names = [column.name for column in table.columns if not column.primary_key]

    def for_postgresql() -> CompilerElement:
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 (as above)

        added = insert(table)
        return added.on_conflict_do_update(index_elements=key, set_={name: added.excluded[name] for name in names})

    added = sqlite.insert(table)
    written = added.on_conflict_do_update(index_elements=key, set_={name: added.excluded[name] for name in names})
    return Statement(written, for_postgresql)


@cache
def _postgresql() -> Dialect:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # noqa: PLC0415 (as above)

    return PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy left it without types


def _compiled(statement: CompilerElement, dialect: Dialect) -> Compiled:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{type(statement).__name__} is not a statement")
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Compiled(f"doorward_{next(_NUMBERS)}", str(compiled), tuple(compiled.positiontup or ()), constants)
