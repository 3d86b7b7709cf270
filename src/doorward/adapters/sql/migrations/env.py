"""What Alembic runs: the revisions, on the connection that it was handed."""

from typing import Final

from alembic import context
from sqlalchemy import Connection

from doorward.adapters.sql.migrations import VERSION_TABLE
from doorward.adapters.sql.tables import METADATA, PREFIX

_ONE_AT_A_TIME: Final = 0x646F6F72  # any number that nobody else locks


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or (name or "").startswith(PREFIX)


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
        # A change that waits for a lock makes everybody behind it wait as well: rather it fails, and is run again.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
        include_name=_is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
