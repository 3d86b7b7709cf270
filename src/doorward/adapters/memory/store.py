"""The store: units of work and views on what this process keeps."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock, local
from typing import Final

from doorward.adapters.memory.tables import Access, Notes, Tables
from doorward.adapters.memory.work import MemoryWork
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.records import Schema
from doorward.core.sessions.records import Profile, Rotation, Session

_PATIENCE: Final = timedelta(seconds=5)
_RETRY_AFTER: Final = timedelta(seconds=1)
_REVISION: Final = "0000"


def _unheard(_kinds: Collection[AuditKind]) -> None:
    """Hear of audit events where nobody counts them."""


class _Thread(local):
    is_inside = False


class MemoryStore:
    """Keeps everything in this process: units of work go one after another, and nothing survives the end.

    After each unit of work, `on_change` hears of which accounts' sessions snapshots are stale, `on_jobs` that there are
    new jobs, and `on_audited` of the events that went into the audit log.
    """

    def __init__(
        self,
        *,
        on_change: Callable[[Collection[AccountId]], None],
        on_jobs: Callable[[], None],
        on_audited: Callable[[Collection[AuditKind]], None] = _unheard,
    ) -> None:
        self._kept = Tables()
        self._turn = Lock()
        self._on_change = on_change
        self._on_jobs = on_jobs
        self._on_audited = on_audited
        self._thread = _Thread()

    @contextmanager
    def work(self) -> Iterator[MemoryWork]:
        """Open a unit of work.

        Raises: Unavailable. RuntimeError, inside another unit of the same thread.
        """
        if self._thread.is_inside:
            raise RuntimeError("a unit of work was opened inside another one")
        notes = Notes()
        self._thread.is_inside = True
        try:
            with self._alone():
                draft = self._kept.copy()
                yield MemoryWork(Access(lambda: draft, notes))
                self._kept = draft
        finally:
            self._thread.is_inside = False
        if notes.accounts:
            self._on_change(notes.accounts)
        if notes.has_jobs:
            self._on_jobs()
        if notes.audited:
            self._on_audited(notes.audited)

    @contextmanager
    def view(self) -> Iterator[MemoryWork]:
        """Open a view."""
        yield MemoryWork(Access(lambda: self._kept))

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Rotate sessions in one step.

        Raises: Unavailable.
        """
        with self.work() as work:
            return [work.sessions.rotate(rotation) for rotation in rotations]

    def check(self) -> None:
        """Return: what is in this process is never away."""

    def schema(self) -> Schema:
        """Return the one shape that there is: what is kept lives no longer than the program that keeps it."""
        return Schema(_REVISION, _REVISION, _REVISION)

    def close(self) -> None:
        """Return: there is nothing to close."""

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_PATIENCE.total_seconds()):
            raise Unavailable(retry_after=_RETRY_AFTER)
        try:
            yield
        finally:
            self._turn.release()
