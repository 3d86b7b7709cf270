"""A whole house on each kind of store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql import tables
from doorward.adapters.sql.migrations import upgrade
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import Store
from tests import mongodb
from tests.contract import conftest as contract
from tests.house import House
from tests.integration.crowd import PatientClock
from tests.stores import a_memory_store, a_sqlite_store

server_url = contract.server_url
mongodb_server_url = contract.mongodb_server_url
mongodb_url = contract.mongodb_url


@pytest.fixture(scope="session")
def postgresql_url(server_url: Callable[[str], str], worker_id: str) -> str:
    """Return the URL of this worker's own database, migrated."""
    url = contract.a_database(server_url, f"doorward_integration_{worker_id}")
    upgrade(url)
    return url


def emptied(url: str) -> str:
    """Return the URL of a database from which everything was removed."""
    with psycopg.connect(url) as connection:
        for name in tables.METADATA.tables:
            if name not in (tables.audit_head.name, tables.meta.name):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        connection.execute("UPDATE dw_audit_head SET sequence = 0, link = %s", [bytes(32)])
        connection.execute("DELETE FROM dw_meta WHERE key NOT IN ('serves_since', 'refresh_epoch')")
        connection.execute("UPDATE dw_meta SET value = '0' WHERE key = 'refresh_epoch'")
    return url


KINDS = [
    "memory",
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
    pytest.param("mongodb", marks=pytest.mark.mongodb),
]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store of each kind."""
    opened: Store
    match request.param:
        case "memory":
            opened = a_memory_store()
        case "sqlite":
            opened = a_sqlite_store(tmp_path)
        case "mongodb":
            url = mongodb.emptied(request.getfixturevalue("mongodb_url"))
            opened = MongoStore(url, on_change=lambda _: None, on_jobs=lambda: None, pool_size=20)
        case _:
            url = emptied(request.getfixturevalue("postgresql_url"))
            opened = SqlStore(url, on_change=lambda _: None, on_jobs=lambda: None, pool_size=20)
    yield opened
    opened.close()


@pytest.fixture
def house(store: Store) -> House:
    return House(store, clock=PatientClock())
