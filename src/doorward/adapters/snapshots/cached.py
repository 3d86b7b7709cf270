"""A cache of snapshots that never outlives a change."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.work import OpensView
from doorward.core.sessions.ports import HasSessions, Snapshots
from doorward.core.sessions.records import Snapshot

BOUND: Final = timedelta(seconds=2)
CAPACITY: Final = 50_000


class _Held(NamedTuple):
    snapshot: Snapshot
    read_at: datetime
    until: datetime
    until_steady: float


class _Changes:
    """What was forgotten while a snapshot was being read."""

    __slots__ = ("accounts", "is_everything")

    def __init__(self) -> None:
        self.accounts: set[AccountId] = set()
        self.is_everything = False


class CachedSnapshots(Snapshots):
    """Remembers snapshots for `bound`, which is how late a change by another process may be noticed; 0: never.

    No step of the clock prolongs the bound: both the clock and steady time must be within it. `forget` belongs behind
    every commit of this process, and of others as far as they are heard of. A load that began before it is answered but
    not remembered, so what was read before the change never comes back after it. When `capacity` is reached the oldest
    entry goes.
    """

    def __init__(
        self,
        view: OpensView[HasSessions],
        clock: Clock,
        *,
        bound: timedelta = BOUND,
        capacity: int = CAPACITY,
    ) -> None:
        self._view = view
        self._clock = clock
        self._bound = bound
        self._capacity = capacity
        self._held: dict[SessionId, _Held] = {}
        self._sessions_of: dict[AccountId, set[SessionId]] = {}
        self._loading: list[_Changes] = []
        self._lock = Lock()

    def cached(self, session_id: SessionId) -> Snapshot | None:
        held = self._held.get(session_id)
        if held is None or not held.read_at <= self._clock.now() < held.until:
            return None
        if self._clock.steady() >= held.until_steady:
            return None
        return held.snapshot

    def load(self, session_id: SessionId) -> Snapshot | None:
        cached = self.cached(session_id)
        if cached is not None:
            return cached
        with self._watching() as changed:
            read_at, until_steady = self._clock.now(), self._clock.steady() + self._bound.total_seconds()
            with self._view() as view:
                snapshot = view.sessions.snapshot(session_id)
            if snapshot is not None and self._bound:
                self._remember(_Held(snapshot, read_at, read_at + self._bound, until_steady), changed)
        return snapshot

    def forget(self, account_ids: Iterable[AccountId]) -> None:
        """Forget every session of accounts that have changed; call it when the change is durable."""
        changed = tuple(account_ids)
        with self._lock:
            for loading in self._loading:
                loading.accounts.update(changed)
            for account_id in changed:
                for session_id in self._sessions_of.pop(account_id, ()):
                    self._held.pop(session_id, None)

    def forget_all(self) -> None:
        """Forget every session: something may have changed, and nobody knows what."""
        with self._lock:
            for loading in self._loading:
                loading.is_everything = True
            self._held.clear()
            self._sessions_of.clear()

    @contextmanager
    def _watching(self) -> Iterator[_Changes]:
        """Collect what is forgotten while the block runs."""
        changed = _Changes()
        with self._lock:
            self._loading.append(changed)
        try:
            yield changed
        finally:
            with self._lock:
                self._loading = [other for other in self._loading if other is not changed]

    def _remember(self, held: _Held, changed: _Changes) -> None:
        session_id, account_id = held.snapshot.session_id, held.snapshot.profile.id
        with self._lock:
            if changed.is_everything or account_id in changed.accounts:
                return
            self._drop(session_id)
            while len(self._held) >= self._capacity:
                self._drop(next(iter(self._held)))
            self._held[session_id] = held
            self._sessions_of.setdefault(account_id, set()).add(session_id)

    def _drop(self, session_id: SessionId) -> None:
        held = self._held.pop(session_id, None)
        if held is None:
            return
        account_id = held.snapshot.profile.id
        sessions = self._sessions_of[account_id]
        sessions.discard(session_id)
        if not sessions:
            del self._sessions_of[account_id]
