"""A whole house on each kind of store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doorward.adapters.mongo.store import MongoStore
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
            url = contract.emptied(request.getfixturevalue("postgresql_url"))
            opened = SqlStore(url, on_change=lambda _: None, on_jobs=lambda: None, pool_size=20)
    yield opened
    opened.close()


@pytest.fixture
def house(store: Store) -> House:
    return House(store, clock=PatientClock())
