"""SQLite: one connection that writes, as many as needed that read."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Final

from sqlalchemy import Connection as EngineConnection
from sqlalchemy import Engine, create_engine
from sqlalchemy.event import listen
from sqlalchemy.pool import NullPool

from doorward.adapters.sql.engine.connection import PATIENCE, Connection, Database, Loading, Notes, Row, away, noted
from doorward.adapters.sql.engine.statement import Statement, Value
from doorward.adapters.sql.engine.writer import Writer
from doorward.core.kernel.errors import Unavailable

_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged commits when the power goes
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted must not linger in the file
    "PRAGMA cache_size = -16384",
    "PRAGMA journal_size_limit = 67108864",
)
_OUTAGES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_PRIMARY_CODE: Final = 0xFF
_CACHED_STATEMENTS: Final = 256


class SqliteConnection(Connection):
    """Runs statements on SQLite."""

    __slots__ = ("_notes", "_raw")

    def __init__(self, raw: sqlite3.Connection, notes: Notes | None) -> None:
        self._raw = raw
        self._notes = notes

    @property
    def notes(self) -> Notes:
        return noted(self._notes)

    def one(self, statement: Statement, **values: Value) -> Row | None:
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        compiled = statement.sqlite
        return self._raw.execute(compiled.text, compiled.bind(values)).fetchall()

    def change(self, statement: Statement, **values: Value) -> int:
        noted(self._notes)
        compiled = statement.sqlite
        return self._raw.execute(compiled.text, compiled.bind(values)).rowcount

    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        try:
            return self.change(statement, **values)
        except sqlite3.IntegrityError:  # SQLite has undone the statement, and the transaction goes on
            return 0

    def load(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        noted(self._notes)
        compiled = loading.insert.sqlite
        in_order = itemgetter(*(loading.columns.index(name) for name in compiled.names))
        self._raw.executemany(compiled.text, map(in_order, rows))

    def take(self, statement: Statement, **values: Value) -> list[Row]:
        noted(self._notes)
        return self.all(statement, **values)

    def take_each(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> list[Row]:
        noted(self._notes)
        compiled = statement.sqlite
        return [found for row in rows for found in self._raw.execute(compiled.text, compiled.bind(row))]


class Sqlite(Database):
    """One file. Commits are on the disk when they return; readers never wait for the writer."""

    def __init__(self, path: Path, *, patience: timedelta = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._writer = Writer(self.connect, patience=patience)
        self._readers: deque[sqlite3.Connection] = deque()

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Connection]:
        with _faults(), self._writer.unit() as raw:
            yield SqliteConnection(raw, notes)

    def alone(self, notes: Notes) -> AbstractContextManager[Connection]:
        return self.unit(notes)  # a commit of its own would cost more than sharing one

    @contextmanager
    def view(self) -> Iterator[Connection]:
        with _faults():
            raw = self._reader()
            try:
                yield SqliteConnection(raw, None)
            except sqlite3.Error:
                raw.close()
                raise
            except BaseException:
                self._readers.append(raw)
                raise
            self._readers.append(raw)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        with _faults():
            raw = self._reader()
            try:
                raw.execute("BEGIN")
                yield SqliteConnection(raw, None)
            finally:
                raw.close()  # which ends its transaction, whatever state that is in

    def close(self) -> None:
        self._writer.close()
        while self._readers:
            self._readers.pop().close()

    def engine(self) -> Engine:
        engine = create_engine("sqlite://", creator=self.connect, poolclass=NullPool)
        listen(engine, "begin", _begin)
        return engine

    def connect(self) -> sqlite3.Connection:
        """Return a new connection; a file that is new belongs to nobody but its owner."""
        try:
            self._path.touch(mode=0o600)
        except OSError as error:
            raise away() from error
        raw = sqlite3.connect(
            self._path,
            timeout=self._patience.total_seconds(),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_CACHED_STATEMENTS,
        )
        for setting in _SETTINGS:
            raw.execute(setting)
        return raw

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._readers.pop()
        except IndexError:
            raw = self.connect()
            raw.execute("PRAGMA query_only = ON")
            return raw


def _begin(connection: EngineConnection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what the driver raises into `Unavailable` where the database is to blame; a programming error passes."""
    try:
        yield
    except sqlite3.Error as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: sqlite3.Error) -> Unavailable | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    is_outage = code is not None and code & _PRIMARY_CODE in _OUTAGES
    return away() if is_outage else None
