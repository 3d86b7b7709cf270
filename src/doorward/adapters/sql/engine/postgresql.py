"""PostgreSQL, through psycopg."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Final

import psycopg
from psycopg import RawCursor, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine
from sqlalchemy.event import listen
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection, QueuePool

from doorward.adapters.sql.engine.connection import PATIENCE, Connection, Database, Loading, Notes, Row, away, noted
from doorward.adapters.sql.engine.libpq import ANSWER_WITHIN, Link
from doorward.adapters.sql.engine.statement import Statement, Value

_SETTINGS: Final = (
    b"SELECT set_config('lock_timeout', '5s', false)",
    b"SELECT set_config('statement_timeout', '30s', false)",
    b"SELECT set_config('idle_in_transaction_session_timeout', '60s', false)",
    # An acknowledged change is on the disk. What waits for replicas as well is stronger, and stays.
    b"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_NETWORK: Final = {
    "connect_timeout": str(PATIENCE.seconds),
    "tcp_user_timeout": str(PATIENCE.seconds * 1000),  # a cable that was cut answers nothing, not even with a no
    "keepalives_idle": str(PATIENCE.seconds),
    "keepalives_interval": "2",
    "keepalives_count": "3",
    # A server that follows another one answers what was true a moment ago, and takes nothing.
    "target_session_attrs": "read-write",
}
"""How soon a connection is given up whose other end has gone, and who is spoken to; what the URL says goes before."""

_BEGIN: Final = b"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_BEGIN_SNAPSHOT: Final = (
    b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    # Between two pages the reader writes to a disk or to another server, which may be slow.
    b"SET LOCAL idle_in_transaction_session_timeout = 0",
)
_SURELY_ALIVE_FOR: Final = 1.0
"""Seconds since its last use after which a connection is asked whether it still stands."""

_USED_AT: Final = "doorward.used_at"


class PostgresqlConnection(Connection):
    """Runs statements on PostgreSQL."""

    __slots__ = ("_link", "_notes")

    def __init__(self, link: Link, notes: Notes | None) -> None:
        self._link = link
        self._notes = notes

    @property
    def notes(self) -> Notes:
        return noted(self._notes)

    def one(self, statement: Statement, **values: Value) -> Row | None:
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        return self._link.rows(statement.postgresql, values)

    def change(self, statement: Statement, **values: Value) -> int:
        noted(self._notes)
        return self._link.change(statement.postgresql, values)

    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        self._link.command(b"SAVEPOINT attempt")
        try:
            written = self.change(statement, **values)
        except psycopg.IntegrityError:
            self._link.command(b"ROLLBACK TO attempt")
            written = 0
        self._link.command(b"RELEASE attempt")
        return written

    def load(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        noted(self._notes)
        self._link.command(b"SAVEPOINT loading")
        try:
            self._copy(loading, rows)
        except psycopg.IntegrityError:  # COPY cannot leave out what is taken
            self._link.command(b"ROLLBACK TO loading")
            for row in rows:
                self.change(loading.insert, **dict(zip(loading.columns, row, strict=True)))
        self._link.command(b"RELEASE loading")

    def _copy(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, loading.columns))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(loading.table), columns)
        with self._link.raw.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    def take(self, statement: Statement, **values: Value) -> list[Row]:
        noted(self._notes)
        return self.all(statement, **values)

    def take_each(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> list[Row]:
        noted(self._notes)
        return self._link.rows_of_each(statement.postgresql, rows)


class _Snapshot(PostgresqlConnection):
    """Reads many rows at once, which psycopg's own code takes apart faster."""

    __slots__ = ()

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        compiled = statement.postgresql
        with RawCursor(self._link.raw) as cursor:
            return cursor.execute(compiled.text, compiled.bind(values), binary=True).fetchall()


class Postgresql(Database):
    """One database, reached through a pool. Units of work are transactions at READ COMMITTED."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        patience: timedelta = PATIENCE,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._url = url
        self._answer_within = answer_within
        self._pool = QueuePool(
            self.connect,  # type: ignore[arg-type]  # the pool closes it, and asks no more
            pool_size=pool_size,
            max_overflow=0,
            timeout=patience.total_seconds(),
            use_lifo=True,
            reset_on_return=None,  # every unit ends its own transaction
        )
        listen(self._pool, "checkout", _require_alive)

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Connection]:
        with _faults(), self._borrowed() as link:
            _begin(link)
            try:
                yield PostgresqlConnection(link, notes)
            except BaseException:
                _roll_back(link)
                raise
            if link.command(b"COMMIT") != "COMMIT":
                raise away()

    @contextmanager
    def alone(self, notes: Notes) -> Iterator[Connection]:
        with _faults(), self._borrowed() as link:
            yield PostgresqlConnection(link, notes)

    @contextmanager
    def view(self) -> Iterator[Connection]:
        with _faults(), self._borrowed() as link:
            yield PostgresqlConnection(link, None)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        with _faults(), self._borrowed() as link:
            for command in _BEGIN_SNAPSHOT:
                link.command(command)
            try:
                yield _Snapshot(link, None)
            finally:
                _roll_back(link)

    def close(self) -> None:
        self._pool.dispose()

    def engine(self) -> Engine:
        return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(self._url), poolclass=NullPool)

    def connect(self) -> Link:
        """Return a new connection, on which every statement commits by itself unless a transaction was begun."""
        link = Link(psycopg.connect(patient(self._url), autocommit=True), patience=self._answer_within)
        for setting in _SETTINGS:
            link.command(setting, patience=PATIENCE)
        return link

    @contextmanager
    def _borrowed(self) -> Iterator[Link]:
        proxy = self._pool.connect()
        link = _link(proxy.driver_connection)
        try:
            yield link
        finally:
            if link.raw.closed:
                proxy.invalidate()
            else:
                proxy.info[_USED_AT] = monotonic()
            proxy.close()


def patient(url: str) -> str:
    """Return the URL with bounds on how long a network may be silent, where it sets none itself."""
    chosen = conninfo_to_dict(url)
    return make_conninfo(url, **{name: value for name, value in _NETWORK.items() if name not in chosen})


def _link(connection: object) -> Link:
    if not isinstance(connection, Link):
        raise TypeError("not a connection of this pool's")
    return connection


def _require_alive(connection: object, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Replace every pooled connection when one that has rested turns out to be broken."""
    used_at = entry.info.get(_USED_AT)
    if used_at is None or monotonic() - used_at < _SURELY_ALIVE_FOR:
        return
    try:
        _link(connection).command(b"SELECT 1", patience=PATIENCE)
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _begin(link: Link) -> None:
    """Begin a transaction that may write.

    Raises: psycopg.OperationalError, when the server follows another one by now: it is spoken to no more.
    """
    try:
        link.command(_BEGIN)
    except psycopg.errors.FeatureNotSupported as error:
        link.close()
        raise psycopg.OperationalError("the server is a standby") from error


def _roll_back(link: Link) -> None:
    if link.raw.closed or link.raw.info.transaction_status is TransactionStatus.IDLE:
        return
    try:
        link.command(b"ROLLBACK", patience=PATIENCE)
    except psycopg.Error:
        link.close()


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
