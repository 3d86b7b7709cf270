"""Which database stands behind which URL."""

from pathlib import Path

import pytest

from doorward.adapters.sql.engine.open import open_database
from doorward.adapters.sql.engine.postgresql import Postgresql
from doorward.adapters.sql.engine.sqlite import Sqlite


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:///data/store.db", "data/store.db"), ("sqlite:////var/store.db", "/var/store.db")]
)
def test_open_database_file_is_sqlite(url: str, path: str) -> None:
    database = open_database(url)

    assert isinstance(database, Sqlite)
    assert database._path == Path(path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_open_database_server_is_postgresql(scheme: str) -> None:
    database = open_database(f"{scheme}://name:word@db.example/auth?sslmode=require")

    assert isinstance(database, Postgresql)
    assert database._url == "postgresql://name:word@db.example/auth?sslmode=require"


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "mysql://db.example/auth", "store.db"])
def test_open_database_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="begins with") as error:
        open_database(url)

    assert "db.example" not in str(error.value)
