"""PostgreSQL, through psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Final

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine
from sqlalchemy.event import listen
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection, QueuePool

from doorward.adapters.sql.engine.connection import PATIENCE, Connection, Database, Notes, Row, away, noted
from doorward.adapters.sql.engine.statement import Statement, Value

Raw = psycopg.Connection[Row]
Cursor = psycopg.Cursor[Row]

_SETTINGS: Final = (
    "SELECT set_config('lock_timeout', '5s', false)",
    "SELECT set_config('statement_timeout', '30s', false)",
    "SELECT set_config('idle_in_transaction_session_timeout', '60s', false)",
    # An acknowledged change is on the disk. What waits for replicas as well is stronger, and stays.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_SURELY_ALIVE_FOR: Final = 1.0
"""Seconds since its last use after which a connection is asked whether it still stands."""

_USED_AT: Final = "doorward.used_at"


class PostgresqlConnection(Connection):
    """Runs statements on PostgreSQL."""

    __slots__ = ("_cursor", "_notes")

    def __init__(self, cursor: Cursor, notes: Notes | None) -> None:
        self._cursor = cursor
        self._notes = notes

    @property
    def notes(self) -> Notes:
        return noted(self._notes)

    def one(self, statement: Statement, **values: Value) -> Row | None:
        return self._run(statement, values).fetchone()

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        return self._run(statement, values).fetchall()

    def change(self, statement: Statement, **values: Value) -> int:
        noted(self._notes)
        return self._run(statement, values).rowcount

    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        self._cursor.execute("SAVEPOINT attempt")
        try:
            written = self.change(statement, **values)
        except psycopg.IntegrityError:
            self._cursor.execute("ROLLBACK TO attempt")
            written = 0
        self._cursor.execute("RELEASE attempt")
        return written

    def take(self, statement: Statement, **values: Value) -> list[Row]:
        noted(self._notes)
        return self.all(statement, **values)

    def _run(self, statement: Statement, values: dict[str, Value]) -> Cursor:
        compiled = statement.postgresql
        return self._cursor.execute(compiled.text, compiled.bind(values))


class Postgresql(Database):
    """One database, reached through a pool. Units of work are transactions at READ COMMITTED."""

    def __init__(self, url: str, *, pool_size: int, patience: timedelta = PATIENCE) -> None:
        self._url = url
        self._pool = QueuePool(
            self.connect,  # type: ignore[arg-type]  # psycopg's cursors promise more than the pool's protocol asks
            pool_size=pool_size,
            max_overflow=0,
            timeout=patience.total_seconds(),
            use_lifo=True,
        )
        listen(self._pool, "checkout", _require_alive)

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Connection]:
        with _faults(), self._borrowed() as raw, raw.cursor() as cursor:
            cursor.execute(_BEGIN)
            try:
                yield PostgresqlConnection(cursor, notes)
            except BaseException:
                _roll_back(raw)
                raise
            cursor.execute("COMMIT")
            if cursor.statusmessage != "COMMIT":
                raise away()

    @contextmanager
    def view(self) -> Iterator[Connection]:
        with _faults(), self._borrowed() as raw, raw.cursor() as cursor:
            yield PostgresqlConnection(cursor, None)

    def close(self) -> None:
        self._pool.dispose()

    def engine(self) -> Engine:
        return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(self._url), poolclass=NullPool)

    def connect(self) -> Raw:
        """Return a new connection, on which every statement commits by itself unless a transaction was begun."""
        raw = psycopg.connect(self._url, autocommit=True, connect_timeout=PATIENCE.seconds)
        for setting in _SETTINGS:
            raw.execute(setting)
        return raw

    @contextmanager
    def _borrowed(self) -> Iterator[Raw]:
        proxy = self._pool.connect()
        raw = _raw(proxy.driver_connection)
        try:
            yield raw
        finally:
            if raw.closed:
                proxy.invalidate()
            else:
                proxy.info[_USED_AT] = monotonic()
            proxy.close()


def _raw(connection: object) -> Raw:
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("not a connection of psycopg")
    return connection


def _require_alive(connection: object, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Replace every pooled connection when one that has rested turns out to be broken."""
    used_at = entry.info.get(_USED_AT)
    if used_at is None or monotonic() - used_at < _SURELY_ALIVE_FOR:
        return
    try:
        _raw(connection).execute("SELECT 1")
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _roll_back(raw: Raw) -> None:
    if raw.closed or raw.info.transaction_status is TransactionStatus.IDLE:
        return
    try:
        raw.execute("ROLLBACK")
    except psycopg.Error:
        raw.close()


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what the driver raises into `Unavailable` where the database is to blame; a programming error passes."""
    try:
        yield
    except (
        PoolTimeout,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        psycopg.errors.ReadOnlySqlTransaction,
    ) as error:
        raise away() from error
