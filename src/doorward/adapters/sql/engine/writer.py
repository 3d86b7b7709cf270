"""Group commit: units of work of several threads share one transaction, and one write to the disk makes all durable.

Units run one after another on the one connection that writes. A unit that ends while others wait hands the connection
on without committing, and waits; the last one commits for the whole group. So a lone unit costs one commit, and many
at once cost one together. Each unit has a savepoint of its own: undoing one leaves the others. What a unit reads of
those before it is right, because they are all kept or none is.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import Final

from doorward.adapters.sql.engine.connection import PATIENCE, away

GROUP_LIMIT: Final = 64
"""How many units share a commit at most, so that the first does not wait for ever."""


class _Turn:
    """A place in the line for the connection. `is_mine` is written under the writer's mutex alone."""

    __slots__ = ("gate", "is_mine")

    def __init__(self) -> None:
        self.gate = Lock()
        self.gate.acquire()
        self.is_mine = False


class _Group:
    """The units that share a transaction."""

    __slots__ = ("_gate", "failure", "raw", "size")

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._gate = Lock()
        self._gate.acquire()
        self.failure: sqlite3.Error | None = None
        self.raw = raw
        self.size = 0

    def end(self, failure: sqlite3.Error | None) -> None:
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
    """Owns the one connection that writes."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, patience: timedelta = PATIENCE) -> None:
        self._connect = connect
        self._patience = patience
        self._mutex = Lock()
        self._is_busy = False
        self._line: deque[_Turn] = deque()
        self._raw: sqlite3.Connection | None = None
        self._group: _Group | None = None

    @contextmanager
    def unit(self) -> Iterator[sqlite3.Connection]:
        """Open a unit of work. Leaving the block returns when the commit is durable.

        Raises: Unavailable.
        """
        self._wait_for_turn()
        try:
            raw = self._opened()
            group, is_first = self._join(raw)
        except BaseException:
            self._end_turn()
            raise
        try:
            yield raw
            if not is_first:
                raw.execute("RELEASE unit")
        except BaseException:
            self._undo_unit(raw, group, is_first=is_first)
            self._end_turn()
            if not is_first:
                group.wait()  # what made it raise may be what it read of the units before
            raise
        self._end_turn()
        group.wait()

    def close(self) -> None:
        """Close the connection, once the units that run have ended."""
        self._wait_for_turn()
        self._commit()
        self._drop()
        self._end_turn()

    def _wait_for_turn(self) -> None:
        with self._mutex:
            if not self._is_busy:
                self._is_busy = True
                return
            turn = _Turn()
            self._line.append(turn)
        try:
            turn.gate.acquire(timeout=self._patience.total_seconds())
        except BaseException:
            if self._leave_line(turn):
                self._end_turn()
            raise
        if not self._leave_line(turn):
            raise away()

    def _leave_line(self, turn: _Turn) -> bool:
        """Tell whether the turn has come; if not, it will not come any more."""
        with self._mutex:
            if not turn.is_mine:
                self._line.remove(turn)
            return turn.is_mine

    def _end_turn(self) -> None:
        """Hand the connection to the next in line; commit first when there is none, or when the group is full."""
        if self._hand_on():
            return
        try:
            self._commit()
        finally:
            self._hand_on()

    def _hand_on(self) -> bool:
        """Tell whether the connection was handed on or laid down, which is so unless there is a group to commit."""
        with self._mutex:
            is_open = self._group is not None
            if is_open and (not self._line or self._is_full()):
                return False
            if not self._line:
                self._is_busy = False
                return True
            turn = self._line.popleft()
            turn.is_mine = True
        turn.gate.release()
        return True

    def _is_full(self) -> bool:
        return self._group is not None and self._group.size >= GROUP_LIMIT

    def _opened(self) -> sqlite3.Connection:
        if self._raw is None:
            self._raw = self._connect()
        return self._raw

    def _join(self, raw: sqlite3.Connection) -> tuple[_Group, bool]:
        """Begin a group, or a savepoint within the one that is open; the first unit needs none, as it stands alone."""
        group = self._group
        is_first = group is None
        if group is None:
            raw.execute("BEGIN IMMEDIATE")
            group = self._group = _Group(raw)
        else:
            raw.execute("SAVEPOINT unit")
        group.size += 1
        return group, is_first

    def _undo_unit(self, raw: sqlite3.Connection, group: _Group, *, is_first: bool) -> None:
        if is_first:
            self._group = None
            self._roll_back()
            group.end(None)
            return
        try:
            raw.execute("ROLLBACK TO unit")
            raw.execute("RELEASE unit")
        except sqlite3.Error as error:  # a full disk may have undone the whole transaction
            self._group = None
            self._roll_back()
            group.end(error)

    def _commit(self) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        failure: sqlite3.Error | None = None
        try:
            group.raw.execute("COMMIT")
        except sqlite3.Error as error:
            failure = error
            self._roll_back()
        except BaseException:  # Ctrl-C, which comes before the commit or after it
            if group.raw.in_transaction:
                failure = sqlite3.OperationalError("interrupted")
                self._roll_back()
            raise
        finally:
            group.end(failure)

    def _roll_back(self) -> None:
        """Undo what is open. A connection that cannot even do that is given up, which undoes it as well."""
        if self._raw is None:
            return
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
        except sqlite3.Error:
            self._drop()

    def _drop(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            raw.close()
