"""Where everything is kept: the data folder, and the store behind its URL."""

import os
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from doorward.api.lanes import most_at_once
from doorward.assembly.flows import Work
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId
from doorward.core.moving.ports import Archive
from doorward.core.moving.rules import move_of
from doorward.core.operating.records import Schema
from doorward.core.operating.rules import Fitness, judge
from doorward.core.sessions.records import Profile, Rotation, Session
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings
from doorward.settings.sections.server import ServerSettings

_EMBEDDED: Final = "sqlite:"
_IN_MEMORY: Final = frozenset({"sqlite://", "sqlite:///", "sqlite:///:memory:"})
_THREADS_BESIDE_THE_LANES: Final = 4  # the worker and its heartbeat, the listener for metrics, and a command
_EXTRAS: Final = {"psycopg": "postgres", "bson": "mongodb", "pymongo": "mongodb", "redis": "redis"}


class Store(Protocol):
    """What every store offers to the house."""

    @abstractmethod
    def work(self) -> AbstractContextManager[Work]:
        """Open a unit of work.

        Raises: Unavailable. RuntimeError, inside another unit of the same thread.
        """

    @abstractmethod
    def view(self) -> AbstractContextManager[Work]:
        """Open a view.

        Raises: Unavailable.
        """

    @abstractmethod
    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Rotate sessions in one step: see `doorward.core.sessions.ports.Rotates`.

        Raises: Unavailable.
        """

    @abstractmethod
    def check(self) -> None:
        """Return when the store answers.

        Raises: Unavailable.
        """

    @abstractmethod
    def schema(self) -> Schema:
        """Return the shape of what is kept, the one that this program needs, and whether a copy is unfinished.

        Raises: Unavailable.
        """

    @abstractmethod
    def close(self) -> None:
        """Close every connection, once the units of work that run have ended."""


class OpenArchive(Archive, Protocol):
    """A store as records, which is closed in the end."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of what was committed.

    The accounts of whose sessions snapshots are stale, new jobs, and what went into the audit log. A session that began
    or was rotated makes none stale: nobody has a snapshot of the one, and that of the other stays as it was.
    """

    on_change: Callable[[Collection[AccountId]], None]
    on_jobs: Callable[[], None]
    on_audited: Callable[[Collection[AuditKind]], None]


NOBODY: Final = Listeners(lambda _: None, lambda: None, lambda _: None)


def _too_new(schema: Schema) -> Problem:
    what = f"The store is of a newer program: its tables are at revision {schema.revision}."
    why = f"They serve programs from revision {schema.serves_since} on; this one was written for {schema.needed}."
    return Problem(what, why, "Upgrade this program, or restore a backup that was made before the tables were changed.")


def _unfinished(schema: Schema) -> Problem:
    what = f"A move into this store is unfinished: from {unfinished_from(schema)}."
    why = "Some of what belongs together is missing, and nothing may change before the rest has come."
    remedy = (
        "Run the command that began it (`doorward store copy`, `restore` or `demo-data`) again as before: it brings"
        " the rest. Or name an empty store."
    )
    return Problem(what, why, remedy)


_UNFIT: Final = {Fitness.TOO_NEW: _too_new, Fitness.UNFINISHED: _unfinished}
"""What keeps this program from a store altogether."""


def make_data_dir(server: ServerSettings) -> None:
    """Make the data folder, for its owner alone.

    Raises: SettingsInvalid.
    """
    try:
        server.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"The data folder {server.data_dir.absolute()} cannot be made: {error.strerror}."
        why = "The embedded store and the development mailbox are kept there."
        remedy = "Choose another with --data-dir or DOORWARD_DATA_DIR, or mend its permissions."
        raise SettingsInvalid([Problem(what, why, remedy)]) from None


def open_store(settings: Settings, listeners: Listeners) -> Store:
    """Return the store; nothing is connected yet.

    Raises: SettingsInvalid, also when the driver is not installed.
    """
    url = url_of(settings)
    with explained():
        return _kind(url).opens(url, listeners, connections_of(settings))


def open_archive(url: str) -> OpenArchive:
    """Return the store behind a URL as records; nothing is connected yet.

    Raises: SettingsInvalid, also when the driver is not installed.
    """
    with explained():
        return _kind(url).archives(url)


def make_tables(url: str) -> None:
    """Bring the tables behind a URL up to what this version needs.

    Raises: SettingsInvalid, when the driver is not installed. Unavailable.
    """
    with explained():
        _kind(url).migrates(url)


def connections_of(settings: Settings) -> int:
    """Return how many connections to the store there may be.

    By default so many that no thread waits for one: those of the lanes, and those that have no lane.
    """
    return settings.store.store_pool_connections or most_at_once(os.cpu_count() or 1) + _THREADS_BESIDE_THE_LANES


def migrate(settings: Settings) -> Schema:
    """Bring the tables up to what this version needs, unless they are newer, and return the shape that they had.

    Raises: SettingsInvalid, when they are not this program's to change. Unavailable.
    """
    store = open_store(settings, NOBODY)
    try:
        before = store.schema()
    finally:
        store.close()
    if require_fit(before) is Fitness.OLDER:
        make_tables(url_of(settings))
    return before


def require_fit(schema: Schema) -> Fitness:
    """Return whether a store fits this program or is older than it needs.

    Raises: SettingsInvalid, when this program must not touch it.
    """
    fitness = judge(schema)
    if fitness in _UNFIT:
        raise SettingsInvalid([unfit(schema)])
    return fitness


def unfinished_from(schema: Schema) -> str | None:
    """Return where an unfinished move into a store comes from; None when there is none."""
    return None if schema.copy is None else move_of(schema.copy).source or "somewhere that cannot be read"


def unfit(schema: Schema) -> Problem:
    """Return why this program must not touch a store with this schema, and what to do."""
    return _UNFIT[judge(schema)](schema)


def is_embedded(settings: Settings) -> bool:
    """Tell whether the store is a file of this machine."""
    return url_of(settings).startswith(_EMBEDDED)


def require_own_tables(settings: Settings) -> None:
    """Return when a server may change the tables by itself.

    Raises: SettingsInvalid.
    """
    if settings.server.is_production and not is_embedded(settings):
        why = "Several servers may share these tables, so no server changes them on its own."
        remedy = "Run `doorward store migrate` once, then start."
        raise SettingsInvalid([Problem("The store's tables are not up to date.", why, remedy)])


def url_of(settings: Settings) -> str:
    """Return the URL of the deployment's store, which may hold a password.

    Raises: SettingsInvalid, when it would be a store in memory.
    """
    url = settings.store.store_url.get_secret_value()
    if url in _IN_MEMORY:
        why = "Every connection would have a store of its own, and all would be gone at the next start."
        raise SettingsInvalid([Problem("A store in memory is not possible.", why, "Use sqlite:///FILE.")])
    return url


@contextmanager
def explained() -> Iterator[None]:
    """Say what to install where a store's driver is missing, and what to correct where it cannot read the URL.

    Raises: SettingsInvalid.
    """
    try:
        yield
    except ValueError as unreadable:  # it never names the URL, which may hold a password
        remedy = "Correct DOORWARD_STORE_URL; signs in a password are percent-encoded."
        raise SettingsInvalid([Problem("The store's URL cannot be read.", f"{unreadable}.", remedy)]) from None
    except ImportError as missing:  # also a driver that lacks the library which it wraps
        extra = _EXTRAS.get((missing.name or "").partition(".")[0])
        if extra is None:
            raise
        what = f"The driver of the store, {missing.name}, is not installed."
        why = "DOORWARD_STORE_URL names a store that is reached through it."
        raise SettingsInvalid([Problem(what, why, f"Run: pip install 'doorward[{extra}]'")]) from None


def _open_sql(url: str, listeners: Listeners, pool_size: int) -> Store:
    from doorward.adapters.sql.store import SqlStore  # noqa: PLC0415 (another store needs none of it)

    return SqlStore(
        url,
        on_change=listeners.on_change,
        on_jobs=listeners.on_jobs,
        on_audited=listeners.on_audited,
        pool_size=pool_size,
    )


def _migrate_sql(url: str) -> None:
    from doorward.adapters.sql.migrations import upgrade  # noqa: PLC0415 (as above)

    upgrade(url)


def _archive_sql(url: str) -> OpenArchive:
    from doorward.adapters.sql.moving.archive import SqlArchive  # noqa: PLC0415 (as above)

    return SqlArchive(url)


def _open_mongo(url: str, listeners: Listeners, pool_size: int) -> Store:
    from doorward.adapters.mongo.store import MongoStore  # noqa: PLC0415 (its driver is an extra)

    return MongoStore(
        url,
        on_change=listeners.on_change,
        on_jobs=listeners.on_jobs,
        on_audited=listeners.on_audited,
        pool_size=pool_size,
    )


def _migrate_mongo(url: str) -> None:
    from doorward.adapters.mongo.migrations import upgrade  # noqa: PLC0415 (as above)

    upgrade(url)


def _archive_mongo(url: str) -> OpenArchive:
    from doorward.adapters.mongo.moving.archive import MongoArchive  # noqa: PLC0415 (as above)

    return MongoArchive(url)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of store is opened, migrated, and opened as records."""

    opens: Callable[[str, Listeners, int], Store]
    migrates: Callable[[str], None]
    archives: Callable[[str], OpenArchive]


_SQL: Final = _Kind(_open_sql, _migrate_sql, _archive_sql)
_MONGO: Final = _Kind(_open_mongo, _migrate_mongo, _archive_mongo)
_KINDS: Final = {"mongodb": _MONGO, "mongodb+srv": _MONGO}
"""The kinds of store by the scheme of their URLs; whatever else there is speaks SQL."""


def _kind(url: str) -> _Kind:
    return _KINDS.get(url.partition("://")[0], _SQL)
