"""What Alembic runs: the revisions, on the connection that it was handed.

On SQLite all of them are one transaction. On PostgreSQL each is one, so that nobody waits for a lock that an earlier
revision took while a later one works; and what would keep a large table locked is done outside of any
(`doorward.adapters.sql.migrations.online`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from alembic import context
from sqlalchemy import Connection

from doorward.adapters.sql.migrations import VERSION_TABLE
from doorward.adapters.sql.migrations.online import LOCK_TIMEOUT
from doorward.adapters.sql.tables import METADATA, PREFIX

_ONE_AT_A_TIME: Final = 0x646F6F72  # any number that nobody else locks


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or (name or "").startswith(PREFIX)


def _run(connection: Connection) -> None:
    with _TURNS[connection.dialect.name](connection):
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            version_table=VERSION_TABLE,
            include_name=_is_ours,
            transaction_per_migration=True,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _turn_of_sqlite(connection: Connection) -> Iterator[None]:
    with connection.begin():
        yield


@contextmanager
def _turn_of_postgresql(connection: Connection) -> Iterator[None]:
    # The lock is the session's: it outlives the transactions of the revisions, and ends with the connection. Whoever
    # waits asks again and again, because a statement that stands in line would keep an index from being built.
    while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ONE_AT_A_TIME})").scalar_one():
        connection.rollback()
        connection.exec_driver_sql("SELECT pg_sleep(0.1)")
        connection.rollback()
    connection.exec_driver_sql(LOCK_TIMEOUT)
    connection.commit()
    yield


_TURNS: Final = {"sqlite": _turn_of_sqlite, "postgresql": _turn_of_postgresql}

_run(context.config.attributes["connection"])
