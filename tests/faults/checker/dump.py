"""What a server holds, as one file of raw bytes: its own files may not be ours to read."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import bson
import psycopg
from psycopg import sql

from doorward.adapters.sql import tables
from tests.mongodb import a_client


def dump(url: str, path: Path) -> None:
    """Write every row of a PostgreSQL database, or every document of one of MongoDB, into a file."""
    _DUMPS[url.partition(":")[0]](url, path)


def _dump_postgresql(url: str, path: Path) -> None:
    with psycopg.connect(url) as connection, path.open("wb") as file, connection.cursor() as cursor:
        for name in tables.METADATA.tables:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
                for row in rows:
                    file.write(bytes(row))


def _dump_mongodb(url: str, path: Path) -> None:
    with a_client(url) as client, path.open("wb") as file:
        database = client.get_default_database()
        for name in database.list_collection_names():
            for document in database[name].find():
                file.write(bson.encode(document))


_DUMPS: Final[dict[str, Callable[[str, Path], None]]] = {
    "postgresql": _dump_postgresql,
    "mongodb": _dump_mongodb,
}
