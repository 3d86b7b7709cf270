"""The tables that migrations make, on both databases."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, inspect, table, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.open import open_database
from doorward.adapters.sql.migrations import HEAD, VERSION_TABLE, current, head, upgrade
from doorward.adapters.sql.store import SqlStore
from tests.contract.builders import Heard, at_once
from tests.contract.conftest import a_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server_url: Callable[[str], str] = request.getfixturevalue("server_url")
    return a_database(server_url, f"doorward_empty_{request.getfixturevalue('worker_id')}")


def a_store(url: str) -> SqlStore:
    heard = Heard()
    return SqlStore(url, on_change=heard.change, on_jobs=heard.job)


def test_upgrade_makes_the_tables_that_the_statements_expect(empty_url: str) -> None:
    upgrade(empty_url)

    with open_database(empty_url).engine().connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, tables.METADATA)
        names = inspect(connection).get_table_names()
    assert differences == []
    assert sorted(names) == sorted([*tables.METADATA.tables, VERSION_TABLE])


def test_upgrade_ends_at_the_head_and_can_be_repeated(empty_url: str) -> None:
    before = current(empty_url)

    upgrade(empty_url)
    upgrade(empty_url)

    assert before is None
    assert current(empty_url) == head() == HEAD


def test_upgrade_several_at_once_one_works(empty_url: str) -> None:
    at_once(2, lambda _: _upgrade_in_a_process_of_its_own(empty_url))

    assert current(empty_url) == HEAD


def test_is_migrated_before_and_after(empty_url: str) -> None:
    store = a_store(empty_url)

    before = store.is_migrated()
    upgrade(empty_url)
    after = store.is_migrated()
    store.close()

    assert (before, after) == (False, True)


@pytest.mark.parametrize(("revision", "is_migrated"), [("0000", False), ("9999", True)])
def test_is_migrated_older_or_newer_tables(empty_url: str, revision: str, *, is_migrated: bool) -> None:
    upgrade(empty_url)
    with open_database(empty_url).engine().begin() as connection:
        connection.execute(update(table(VERSION_TABLE, column("version_num"))).values(version_num=revision))
    store = a_store(empty_url)

    answer = store.is_migrated()
    store.close()

    assert answer is is_migrated


def test_is_migrated_does_not_load_alembic(sqlite_store_url: str) -> None:
    program = (
        "import sys\n"
        "from doorward.adapters.sql.store import SqlStore\n"
        "store = SqlStore(sys.argv[1], on_change=lambda _: None, on_jobs=lambda: None)\n"
        "assert store.is_migrated()\n"
        "assert not {'alembic', 'psycopg'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", program, sqlite_store_url], check=True)


def _upgrade_in_a_process_of_its_own(url: str) -> None:
    program = "import sys; from doorward.adapters.sql.migrations import upgrade; upgrade(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, url], check=True)
