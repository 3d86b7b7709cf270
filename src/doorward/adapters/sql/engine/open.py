"""Which database stands behind a URL."""

from pathlib import Path
from typing import Final

from doorward.adapters.sql.engine.connection import Database
from doorward.adapters.sql.engine.sqlite import Sqlite

POOL_SIZE: Final = 16

_FILE: Final = "sqlite:///"
_SERVERS: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_database(url: str, *, pool_size: int = POOL_SIZE) -> Database:
    """Return the database behind a URL; nothing is connected yet.

    Raises: ValueError, when the URL is of no kind that is known. ModuleNotFoundError, when its driver is not installed.
    """
    if url.startswith(_FILE) and len(url) > len(_FILE):
        return Sqlite(Path(url.removeprefix(_FILE)))
    for scheme in _SERVERS:
        if url.startswith(scheme):
            from doorward.adapters.sql.engine.postgresql import Postgresql  # noqa: PLC0415 (its driver is an extra)

            return Postgresql(f"postgresql://{url.removeprefix(scheme)}", pool_size=pool_size)
    raise ValueError("a store's URL begins with sqlite:/// and a path, or with postgresql://")
