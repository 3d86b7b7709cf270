"""The store: units of work and views on one database."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import local

from sqlalchemy import Column, MetaData, Table, Text, func, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Notes
from doorward.adapters.sql.engine.open import POOL_SIZE, open_database
from doorward.adapters.sql.engine.statement import Statement
from doorward.adapters.sql.migrations import HEAD, META_SINCE, VERSION_TABLE
from doorward.adapters.sql.sessions.sessions import SqlSessions
from doorward.adapters.sql.work import SqlWork
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.records import Schema
from doorward.core.sessions.records import Profile, Rotation, Session

_VERSION = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))
_CATALOGUE = Table("sqlite_master", MetaData(), Column("name", Text))
_HAS_VERSION = Statement(
    sqlite=select(func.count()).select_from(_CATALOGUE).where(_CATALOGUE.c.name == VERSION_TABLE),
    postgresql=lambda: select(func.count(func.to_regclass(VERSION_TABLE))),
)
_VERSION_OF = Statement(select(_VERSION.c.version_num))
_META = Statement(select(tables.meta.c.key, tables.meta.c.value))


def _unheard(_kinds: Collection[AuditKind]) -> None:
    """Hear of audit events where nobody counts them."""


def schema_of(connection: Connection) -> Schema:
    """Return the shape of the tables that a connection reaches."""
    row = connection.one(_VERSION_OF) if connection.one(_HAS_VERSION) == (1,) else None
    revision: str = row[0] if row else ""
    meta: dict[str, str] = dict(connection.all(_META)) if revision >= META_SINCE else {}
    return Schema(revision, meta.get("serves_since", revision), HEAD, meta.get("copy"))


class _Thread(local):
    is_inside = False


class SqlStore:
    """Opens units of work and views on the database behind a URL.

    `sqlite:///` and a path (a fourth slash begins an absolute one), or `postgresql://` as libpq reads it. After each
    commit, `on_change` hears of which accounts' sessions snapshots are stale, `on_jobs` that there are new jobs, and
    `on_audited` of the events that went into the audit log. `pool_size` bounds the connections to a server.
    Raises what `open_database` raises.
    """

    def __init__(
        self,
        url: str,
        *,
        on_change: Callable[[Collection[AccountId]], None],
        on_jobs: Callable[[], None],
        on_audited: Callable[[Collection[AuditKind]], None] = _unheard,
        pool_size: int = POOL_SIZE,
    ) -> None:
        self._database = open_database(url, pool_size=pool_size)
        self._on_change = on_change
        self._on_jobs = on_jobs
        self._on_audited = on_audited
        self._thread = _Thread()

    @contextmanager
    def work(self) -> Iterator[SqlWork]:
        """Open a unit of work.

        Raises: Unavailable. RuntimeError, inside another unit of the same thread.
        """
        if self._thread.is_inside:
            raise RuntimeError("a unit of work was opened inside another one")
        notes = Notes()
        self._thread.is_inside = True
        try:
            with self._database.unit(notes) as connection:
                yield SqlWork(connection)
        finally:
            self._thread.is_inside = False
        if notes.accounts:
            self._on_change(notes.accounts)
        if notes.has_jobs:
            self._on_jobs()
        if notes.audited:
            self._on_audited(notes.audited)

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Rotate sessions in one statement, or in one commit where a statement takes one at a time.

        Raises: Unavailable. RuntimeError, inside a unit of work of the same thread.
        """
        if self._thread.is_inside:
            raise RuntimeError("a rotation is a unit of work by itself")
        with self._database.alone(Notes()) as connection:
            return SqlSessions(connection).rotate(rotations)

    @contextmanager
    def view(self) -> Iterator[SqlWork]:
        """Open a view.

        Raises: Unavailable.
        """
        with self._database.view() as connection:
            yield SqlWork(connection)

    def check(self) -> None:
        """Return when the database answers.

        Raises: Unavailable.
        """
        with self._database.view() as connection:
            connection.one(_HAS_VERSION)

    def schema(self) -> Schema:
        """Return the shape of the tables.

        Raises: Unavailable.
        """
        with self._database.view() as connection:
            return schema_of(connection)

    def close(self) -> None:
        """Close every connection, once the units of work that run have ended."""
        self._database.close()
