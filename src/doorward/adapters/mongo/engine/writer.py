"""Group commit: units of work of several threads share one turn, and one journal makes all of them durable.

Units of this process run one after another. A unit that ends while others wait lets the next one begin without
committing, and waits; the last one commits for the whole group. So a lone unit costs one commit, and many at once cost
one together. Each unit has a draft of its own: undoing one leaves the others. What a unit reads of those before it is
right, because they are all kept or none is.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Final

from doorward.adapters.mongo.engine.connection import PATIENCE, Notes, away
from doorward.adapters.mongo.engine.turn import LEASE, Held, Turn
from doorward.adapters.mongo.engine.unit import Group, Reader, Unit
from doorward.core.kernel.errors import Unavailable

GROUP_LIMIT: Final = 64
"""How many units share a commit at most, so that the first does not wait for ever."""

_GROUP_TIME: Final = LEASE / 4
"""How long a group takes in units, so that its commit comes well before others take the turn over."""


class _Place:
    """A place in the line for the turn. `is_mine` is written under the writer's mutex alone."""

    __slots__ = ("gate", "is_mine")

    def __init__(self) -> None:
        self.gate = Lock()
        self.gate.acquire()
        self.is_mine = False


class _Open:
    """The group that is open, and the turn that it runs under."""

    __slots__ = ("_gate", "begun", "failure", "group", "held", "size")

    def __init__(self, group: Group, held: Held) -> None:
        self._gate = Lock()
        self._gate.acquire()
        self.begun = monotonic()
        self.failure: Unavailable | None = None
        self.group = group
        self.held = held
        self.size = 0

    @property
    def is_full(self) -> bool:
        """Whether it is to be committed before another unit begins."""
        return self.size >= GROUP_LIMIT or monotonic() - self.begun > _GROUP_TIME.total_seconds()

    def end(self, failure: Unavailable | None) -> None:
        """Let every member know how it ended."""
        self.failure = failure
        self._gate.release()

    def wait(self) -> None:
        """Return when the group is durable.

        Raises: Unavailable, when it could not be written; then nothing of it was kept.
        """
        with self._gate:  # a turnstile: who passes lets the next one pass
            failure = self.failure
        if failure is not None:
            raise away() from failure


class Writer:
    """Lets the units of one process run, and commits them."""

    def __init__(self, turn: Turn, reader: Reader, *, patience: timedelta = PATIENCE) -> None:
        self._turn = turn
        self._reader = reader
        self._patience = patience
        self._mutex = Lock()
        self._is_busy = False
        self._line: deque[_Place] = deque()
        self._open: _Open | None = None

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Unit]:
        """Open a unit of work. Leaving the block returns when the commit is durable.

        Raises: Unavailable.
        """
        self._wait_for_place()
        try:
            joined = self._join()
        except BaseException:
            self._end_place()
            raise
        unit = Unit(joined.group, notes)
        try:
            yield unit
        except BaseException:
            self._end_place()
            joined.wait()  # what made it raise may be what it read of the units before
            raise
        joined.group.draft.take_in(unit.draft)
        self._end_place()
        joined.wait()

    def close(self) -> None:
        """Return when the units that run have ended."""
        self._wait_for_place()
        self._commit()
        self._end_place()

    def _wait_for_place(self) -> None:
        with self._mutex:
            if not self._is_busy:
                self._is_busy = True
                return
            place = _Place()
            self._line.append(place)
        try:
            place.gate.acquire(timeout=self._patience.total_seconds())
        except BaseException:
            if self._leave_line(place):
                self._end_place()
            raise
        if not self._leave_line(place):
            raise away()

    def _leave_line(self, place: _Place) -> bool:
        """Tell whether the turn has come; if not, it will not come any more."""
        with self._mutex:
            if not place.is_mine:
                self._line.remove(place)
            return place.is_mine

    def _end_place(self) -> None:
        """Let the next in line begin; commit first when there is none, or when the group is full."""
        if self._hand_on():
            return
        try:
            self._commit()
        finally:
            self._hand_on()

    def _hand_on(self) -> bool:
        """Tell whether the place was handed on or laid down, which is so unless there is a group to commit."""
        with self._mutex:
            is_open = self._open is not None
            if is_open and (not self._line or self._is_full):
                return False
            if not self._line:
                self._is_busy = False
                return True
            place = self._line.popleft()
            place.is_mine = True
        place.gate.release()
        return True

    @property
    def _is_full(self) -> bool:
        return self._open is not None and self._open.is_full

    def _join(self) -> _Open:
        """Take the turn, or join the group that has it."""
        joined = self._open
        if joined is None:
            joined = self._open = _Open(Group(self._reader), self._turn.take())
        joined.size += 1
        return joined

    def _commit(self) -> None:
        ended, self._open = self._open, None
        if ended is None:
            return
        failure: Unavailable | None = away()
        try:
            self._keep(ended)
            failure = None
        except Unavailable as error:
            failure = error
        finally:
            ended.end(failure)

    def _keep(self, ended: _Open) -> None:
        journal = ended.group.journal()
        if journal:
            self._turn.commit(ended.held, journal)
        else:
            with suppress(Unavailable):  # it is left to whoever comes next
                self._turn.lay_down(ended.held)
