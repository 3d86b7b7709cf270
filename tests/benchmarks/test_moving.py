"""What is copied where the copy of a whole store is measured."""

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.rows.moving import OTHER_KINDS, add_other_kinds


def test_other_kinds_are_added_to_the_tables_of_now_for_every_account(tmp_path: Path) -> None:
    deployment = fill(Deployment.new(tmp_path / "store"), 20).deployment

    with closing(sqlite3.connect(deployment.store)) as connection, connection:
        before = {table: _count(connection, table) for table in OTHER_KINDS}
        accounts = _count(connection, "dw_accounts")
        add_other_kinds(connection)
        after = {table: _count(connection, table) for table in OTHER_KINDS}

    assert after == {table: before[table] + accounts for table in OTHER_KINDS}


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int
    (count,) = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608 (our own names)
    return count
