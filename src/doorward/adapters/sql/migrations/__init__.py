"""The history of the tables, and bringing a database up to its end.

Alembic is imported when something is to be done: a start on tables that are up to date needs only `HEAD`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from doorward.adapters.sql.engine.connection import away
from doorward.adapters.sql.engine.open import open_database

HEAD: Final = "0009"
"""The newest revision. Revisions are numbered, so that a later one compares as greater."""

META_SINCE: Final = "0002"
"""The revision that brought the table in which a store says which programs it serves; one before serves its own."""

VERSION_TABLE: Final = "dw_schema_version"

FOLDER: Final = str(Path(__file__).parent)


def upgrade(url: str, *, to: str = HEAD) -> None:
    """Bring the tables behind a store's URL to a revision; up to date, nothing happens.

    Servers may run meanwhile. On PostgreSQL, what was broken off goes on where it was the next time.
    Several processes may do so at once: one works, the others wait and find nothing left.
    Raises: Unavailable.
    """
    from alembic.command import upgrade as run  # noqa: PLC0415 (a start need not wait for it)
    from alembic.config import Config  # noqa: PLC0415

    engine = open_database(url).engine()
    with _faults(), engine.connect() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", FOLDER.replace("%", "%%"))
        run(config, to)


def current(url: str) -> str | None:
    """Return the revision of the tables behind a store's URL; None when there are none.

    Raises: Unavailable.
    """
    from alembic.migration import MigrationContext  # noqa: PLC0415 (a start need not wait for it)

    with _faults(), open_database(url).engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision()


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what the engine raises into `Unavailable`, from what the driver said."""
    try:
        yield
    except DBAPIError as error:
        raise away() from error.orig
