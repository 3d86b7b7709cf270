"""The store: units of work and views on one database."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import local

from pymongo.database import Database

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.client import faults
from doorward.adapters.mongo.engine.connection import PATIENCE, Notes
from doorward.adapters.mongo.engine.open import POOL_SIZE, Mongo
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.turn import LEASE
from doorward.adapters.mongo.migrations import HEAD, META_SINCE, WITHOUT_INDEXES, missing_indexes, revision
from doorward.adapters.mongo.work import MongoWork
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.records import Schema
from doorward.core.sessions.records import Profile, Rotation, Session


def _unheard(_kinds: Collection[AuditKind]) -> None:
    """Hear of audit events where nobody counts them."""


def schema_of(database: Database[Document]) -> Schema:
    """Return the shape of the collections; one whose promises no index keeps is older than this version needs."""
    found = revision(database) or ""
    is_whole = found != HEAD or not missing_indexes(database)
    kept = database[tables.meta.name].find() if found >= META_SINCE else ()
    meta: dict[str, str] = {document["key"]: document["value"] for document in kept}
    return Schema(found if is_whole else WITHOUT_INDEXES, meta.get("serves_since", found), HEAD, meta.get("copy"))


class _Thread(local):
    is_inside = False


class MongoStore:
    """Opens units of work and views on the database behind a URL.

    `mongodb://` or `mongodb+srv://`, with the database's name as path. After each commit, `on_change` hears of
    which accounts' sessions snapshots are stale, `on_jobs` that there are new jobs, and `on_audited` of the events that
    went into the audit log. `pool_size` bounds the connections. `transactions` says whether a unit is
    written in one, instead of asking the server; `patience` and `lease` are for who cannot wait.
    Raises: ValueError, when the URL cannot be read.
    """

    def __init__(
        self,
        url: str,
        *,
        on_change: Callable[[Collection[AccountId]], None],
        on_jobs: Callable[[], None],
        on_audited: Callable[[Collection[AuditKind]], None] = _unheard,
        pool_size: int = POOL_SIZE,
        transactions: bool | None = None,
        patience: timedelta = PATIENCE,
        lease: timedelta = LEASE,
    ) -> None:
        self._database = Mongo(url, pool_size=pool_size, transactions=transactions, patience=patience, lease=lease)
        self._on_change = on_change
        self._on_jobs = on_jobs
        self._on_audited = on_audited
        self._thread = _Thread()

    @contextmanager
    def work(self) -> Iterator[MongoWork]:
        """Open a unit of work.

        Raises: Unavailable. RuntimeError, inside another unit of the same thread.
        """
        if self._thread.is_inside:
            raise RuntimeError("a unit of work was opened inside another one")
        notes = Notes()
        self._thread.is_inside = True
        try:
            with self._database.unit(notes) as connection:
                yield MongoWork(connection)
        finally:
            self._thread.is_inside = False
        if notes.accounts:
            self._on_change(notes.accounts)
        if notes.has_jobs:
            self._on_jobs()
        if notes.audited:
            self._on_audited(notes.audited)

    @contextmanager
    def view(self) -> Iterator[MongoWork]:
        """Open a view.

        Raises: Unavailable.
        """
        with self._database.view() as connection:
            yield MongoWork(connection)

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Rotate sessions in one step.

        Raises: Unavailable.
        """
        with self.work() as work:
            return [work.sessions.rotate(rotation) for rotation in rotations]

    def check(self) -> None:
        """Return when the database answers.

        Raises: Unavailable.
        """
        with faults():
            self._database.opened().client.database.command("ping")

    def schema(self) -> Schema:
        """Return the shape of the collections.

        Raises: Unavailable.
        """
        with faults():
            return schema_of(self._database.opened().client.database)

    def close(self) -> None:
        """Close every connection, once the units of work that run have ended."""
        self._database.close()
