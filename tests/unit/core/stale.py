"""Stores on which somebody else was faster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from doorward.assembly.flows import Work
from doorward.core.sessions.records import Profile, Rotation, Session
from tests.house import Store, replacing


@dataclass
class _Losing(Store):
    store: Store

    def view(self) -> AbstractContextManager[Work]:
        return self.store.view()

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        return self.store.rotate(rotations)


class StaleAccounts(_Losing):
    """Each change of an account comes too late."""

    @contextmanager
    def work(self) -> Iterator[Work]:
        with self.store.work() as work:
            yield replacing(work, "accounts", "replace", lambda: False)


class StaleAttempts(_Losing):
    """Changes of the attempts come too late: those after the first `spared`, as many as `times` says."""

    def __init__(self, store: Store, *, spared: int = 0, times: int = 1_000_000) -> None:
        super().__init__(store)
        self.spared = spared
        self.times = times

    @contextmanager
    def work(self) -> Iterator[Work]:
        with self.store.work() as work:
            yield replacing(work, "attempts", "put", self._lose)

    def _lose(self) -> bool | None:
        """Return False when somebody else was faster, and None when nobody was."""
        if self.spared:
            self.spared -= 1
            return None
        if self.times == 0:
            return None
        self.times -= 1
        return False


class StaleSessions(_Losing):
    """Changes of a session come too late, as often as `times` says."""

    def __init__(self, store: Store, *, times: int, meanwhile: Callable[[Work], object] = lambda _: None) -> None:
        super().__init__(store)
        self.times = times
        self.meanwhile = meanwhile

    @contextmanager
    def work(self) -> Iterator[Work]:
        with self.store.work() as work:
            yield replacing(work, "sessions", "replace", lambda: self._lose(work))

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Somebody else was faster here too, and a unit of work finds that out."""
        return [None] * len(rotations)

    def _lose(self, work: Work) -> bool | None:
        """Return False when somebody else was faster, and None when nobody was."""
        if self.times == 0:
            return None
        self.times -= 1
        self.meanwhile(work)
        return False


class StaleClients(_Losing):
    """Each new client's id is taken, and each change of one comes too late."""

    @contextmanager
    def work(self) -> Iterator[Work]:
        with self.store.work() as work:
            yield replacing(replacing(work, "clients", "replace", lambda: False), "clients", "add", lambda: False)
