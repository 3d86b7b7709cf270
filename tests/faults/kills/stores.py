"""The stores that are killed: a row each, which opens one and says where a process may die in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pymongo import monitoring

from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import Store
from tests.faults.kills.points import PlantedCommands, PlantedDatabase, Points

_LEASE: Final = timedelta(milliseconds=60)
"""How long who comes next leaves the turn of MongoDB to the dead: nobody else lives meanwhile."""


@dataclass(frozen=True)
class Row:
    """A kind of store: the scheme of its URLs, how it is opened, and how points are planted in it."""

    scheme: str
    open: Callable[[str], Store]
    plant: Callable[[Store, Points], None]


def _open_sql(url: str) -> Store:
    return SqlStore(url, on_change=lambda _: None, on_jobs=lambda: None, pool_size=2)


def _plant_sql(store: Store, points: Points) -> None:
    assert isinstance(store, SqlStore)
    store._database = PlantedDatabase(store._database, points)


def _open_mongodb(url: str) -> Store:
    return MongoStore(url, on_change=lambda _: None, on_jobs=lambda: None, pool_size=2, lease=_LEASE)


def _plant_mongodb(_: Store, points: Points) -> None:
    """Listen to every client that this process opens from now on; a store opens its own when it is first used."""
    monitoring.register(PlantedCommands(points))


ROWS: Final = (
    Row("sqlite", _open_sql, _plant_sql),
    Row("postgresql", _open_sql, _plant_sql),
    Row("mongodb", _open_mongodb, _plant_mongodb),
)


def row_of(url: str) -> Row:
    """Return the row of a URL."""
    return next(row for row in ROWS if url.startswith(row.scheme))


@contextmanager
def opened(url: str, points: Points | None = None) -> Iterator[Store]:
    """Open a store, with points planted in it if they are given."""
    row = row_of(url)
    store = row.open(url)
    if points is not None:
        row.plant(store, points)
    try:
        yield store
    finally:
        store.close()
