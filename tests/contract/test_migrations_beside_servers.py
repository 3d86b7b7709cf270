"""Migrating PostgreSQL while servers work on it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import LockNotAvailable

from doorward.adapters.sql.migrations import HEAD, current, upgrade
from tests.contract.conftest import a_database

pytestmark = pytest.mark.postgres

DEADLINE_SECONDS = 60


@pytest.fixture
def url(server_url: Callable[[str], str], worker_id: str) -> str:
    return a_database(server_url, f"doorward_beside_{worker_id}")


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def lock_as_a_writer(connection: psycopg.Connection, table: str) -> None:
    """Take the lock that inserting and updating take, at once or not at all: it does not even stand in a line."""
    lock = sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE NOWAIT")
    connection.execute(lock.format(sql.Identifier(table)))


def tables(connection: psycopg.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'dw%'")]


def broken_indexes(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid").fetchall()
    return [row[0] for row in found]


def wait_for_build(url: str, table: str, running: Future[None]) -> None:
    """Return when an index of a table is being built, and waits for what others have begun."""
    until = monotonic() + DEADLINE_SECONDS
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND query LIKE 'CREATE INDEX%%' AND query LIKE %s"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(waiting, [f"% ON {table} %"]).fetchone() is None:
            assert monotonic() < until, f"no index of {table} waits"
            assert not running.done(), f"no index of {table} waited: {running.exception()}"
            Event().wait(0.02)


@pytest.mark.parametrize(
    ("begin", "table"),
    [
        ("0005", "dw_audit"),
        ("0007", "dw_attempts"),
        ("0008", "dw_consents"),
        ("0008", "dw_accounts"),
    ],
)
def test_upgrade_while_an_index_is_built_keeps_nobody_from_writing_to_any_table(
    url: str, thread: ThreadPoolExecutor, begin: str, table: str
) -> None:
    upgrade(url, to=begin)
    with psycopg.connect(url) as holder:
        lock_as_a_writer(holder, table)

        running = thread.submit(upgrade, url)
        wait_for_build(url, table, running)
        with psycopg.connect(url) as server:
            for each in tables(server):
                lock_as_a_writer(server, each)

    running.result(DEADLINE_SECONDS)
    assert (current(url), broken_indexes(url)) == (HEAD, [])


def test_upgrade_that_was_broken_off_behind_a_new_column_goes_on_with_its_index(
    url: str, thread: ThreadPoolExecutor
) -> None:
    upgrade(url, to="0002")
    with psycopg.connect(url, autocommit=True) as before:
        before.execute("ALTER TABLE dw_sessions ADD COLUMN parent_id text")
    with psycopg.connect(url) as holder:
        holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        holder.execute("SELECT 1")  # a backup: whatever is built waits for what it may still read

        running = thread.submit(upgrade, url)
        wait_for_build(url, "dw_sessions", running)
        with psycopg.connect(url) as server:
            lock_as_a_writer(server, "dw_sessions")

    running.result(DEADLINE_SECONDS)
    assert (current(url), broken_indexes(url)) == (HEAD, [])


def test_upgrade_that_was_broken_off_goes_on_and_builds_the_unfinished_index_anew(url: str) -> None:
    upgrade(url, to="0007")
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as before:
        lock_as_a_writer(holder, "dw_audit")
        before.execute("SET lock_timeout = '20ms'")
        with pytest.raises(LockNotAvailable):
            before.execute("CREATE INDEX CONCURRENTLY ix_dw_audit_at_sequence ON dw_audit (at, sequence)")
    unfinished = broken_indexes(url)

    upgrade(url)

    assert unfinished == ["ix_dw_audit_at_sequence"]
    assert (current(url), broken_indexes(url)) == (HEAD, [])
