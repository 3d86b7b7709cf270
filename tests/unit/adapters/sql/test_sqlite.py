"""SQLite: its settings, who may read the file, and which faults are whose."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import column, insert, select, table

from doorward.adapters.sql.engine.connection import Notes
from doorward.adapters.sql.engine.sqlite import Sqlite
from doorward.adapters.sql.engine.statement import Statement
from doorward.core.kernel.errors import Unavailable

NAMES = table("names", column("name"))
ALL = Statement(select(NAMES.c.name))
ADD = Statement(insert(NAMES))
NOWHERE = Statement(select(table("nowhere", column("name")).c.name))


@pytest.fixture
def database(tmp_path: Path) -> Sqlite:
    path = tmp_path / "names.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE names (name TEXT PRIMARY KEY)")
    raw.close()
    return Sqlite(path, patience=timedelta(milliseconds=20))


def add(database: Sqlite, name: str) -> None:
    with database.unit(Notes()) as connection:
        connection.change(ADD, name=name)


def names(database: Sqlite) -> list[str]:
    with database.view() as view:
        return [row[0] for row in view.all(ALL)]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_connect_settings_keep_what_was_acknowledged(database: Sqlite, setting: str, value: str | int) -> None:
    raw = database.connect()

    found = raw.execute(f"PRAGMA {setting}").fetchone()
    raw.close()

    assert found == (value,)


def test_connect_new_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"

    Sqlite(path).connect().close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_connect_folder_missing_is_unavailable(tmp_path: Path) -> None:
    database = Sqlite(tmp_path / "missing" / "new.db")

    with pytest.raises(Unavailable):
        names(database)
    with pytest.raises(Unavailable):
        add(database, "a")


def test_connect_no_database_in_the_file_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, this is no database. " * 50)

    with pytest.raises(Unavailable):
        names(Sqlite(path))


def test_unit_writer_elsewhere_is_unavailable_until_it_ends(database: Sqlite) -> None:
    elsewhere = database.connect()
    elsewhere.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable) as refusal:
        add(database, "a")
    elsewhere.close()
    add(database, "b")

    assert refusal.value.retry_after == timedelta(seconds=1)
    assert names(database) == ["b"]
    database.close()


def test_unit_programming_error_passes_and_undoes(database: Sqlite) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        add_twice(database, "a")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        add_and_look(database, "b")

    assert names(database) == []
    database.close()


def test_view_programming_error_passes_and_the_next_view_works(database: Sqlite) -> None:
    add(database, "a")

    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        look(database)

    assert names(database) == ["a"]
    database.close()


def test_view_refusal_inside_gives_the_connection_back(database: Sqlite) -> None:
    for _ in range(3):
        with pytest.raises(LookupError):
            refuse(database)

    assert len(database._readers) == 1
    database.close()


def test_view_file_cannot_be_written_through_it(database: Sqlite) -> None:
    raw = database._reader()

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        raw.execute("INSERT INTO names VALUES ('a')")

    raw.close()


def add_twice(database: Sqlite, name: str) -> None:
    with database.unit(Notes()) as connection:
        connection.change(ADD, name=name)
        connection.change(ADD, name=name)


def add_and_look(database: Sqlite, name: str) -> None:
    with database.unit(Notes()) as connection:
        connection.change(ADD, name=name)
        connection.one(NOWHERE)


def look(database: Sqlite) -> None:
    with database.view() as view:
        view.one(NOWHERE)


def refuse(database: Sqlite) -> None:
    with database.view() as view:
        view.one(ALL)
        raise LookupError
