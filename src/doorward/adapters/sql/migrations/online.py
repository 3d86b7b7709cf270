"""Indexes of tables that others read and write meanwhile.

An index that PostgreSQL builds in a transaction keeps every writer out until it is built; built CONCURRENTLY it keeps
nobody out. That needs no transaction around it, so a revision that asks for it may be broken off anywhere between:
each of its steps must be good for a second time. SQLite has one writer at a time in any case.
"""

from collections.abc import Sequence
from typing import Final

from alembic import op
from sqlalchemy import TextClause, text

LOCK_TIMEOUT: Final = "SET lock_timeout = '5s'"
"""A change that waits for a lock makes everybody behind it wait as well: rather it fails, and is run again."""

# Building waits until transactions that began before have ended, and nobody waits behind it: it has time.
_NO_TIMEOUT: Final = "SET lock_timeout = 0"
_IS_BROKEN: Final = text("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")


def create_index(
    name: str, table: str, columns: Sequence[str | TextClause], *, where: TextClause | None = None
) -> None:
    """Build an index unless it is there; one that a migration left unfinished when it was broken off is built anew."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, columns, sqlite_where=where)
        return
    with op.get_context().autocommit_block():
        op.execute(_NO_TIMEOUT)
        if op.get_bind().execute(_IS_BROKEN, {"name": name}).scalar_one():
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True)
        op.execute(LOCK_TIMEOUT)


def drop_index(name: str, table: str) -> None:
    """Take an index away unless it is gone."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index(name, table)
        return
    with op.get_context().autocommit_block():
        op.execute(_NO_TIMEOUT)
        op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        op.execute(LOCK_TIMEOUT)
