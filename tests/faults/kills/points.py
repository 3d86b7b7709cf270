"""Commit points: every place between two effects on a store, numbered in the order in which they are reached."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from sqlalchemy import Engine

from doorward.adapters.sql.engine.connection import Connection, Database, Loading, Notes, Row
from doorward.adapters.sql.engine.statement import Statement, Value


@dataclass
class Points:
    """Numbers the points from 1, and ends this process without a word at the one that is `fatal`."""

    fatal: int | None = None
    is_armed: bool = False
    labels: list[str] = field(default_factory=list)

    def reach(self, label: str) -> None:
        """Pass a point, or die at it."""
        if not self.is_armed:
            return
        self.labels.append(label)
        if len(self.labels) == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class PlantedConnection(Connection):
    """Passes a point before each statement."""

    inner: Connection
    points: Points

    @property
    def notes(self) -> Notes:
        return self.inner.notes

    def one(self, statement: Statement, **values: Value) -> Row | None:
        self._reach(statement)
        return self.inner.one(statement, **values)

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        self._reach(statement)
        return self.inner.all(statement, **values)

    def change(self, statement: Statement, **values: Value) -> int:
        self._reach(statement)
        return self.inner.change(statement, **values)

    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        self._reach(statement)
        return self.inner.change_unless_taken(statement, **values)

    def take(self, statement: Statement, **values: Value) -> list[Row]:
        self._reach(statement)
        return self.inner.take(statement, **values)

    def take_each(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> list[Row]:
        self._reach(statement)
        return self.inner.take_each(statement, rows)

    def load(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        self.inner.load(loading, rows)

    def _reach(self, statement: Statement) -> None:
        self.points.reach(f"before {' '.join(statement.sqlite.text.split()[:3])}")


@dataclass
class PlantedDatabase(Database):
    """Passes a point before BEGIN, before COMMIT, and after COMMIT."""

    inner: Database
    points: Points

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Connection]:
        self.points.reach("before BEGIN")
        with self.inner.unit(notes) as connection:
            yield PlantedConnection(connection, self.points)
            self.points.reach("before COMMIT")
        self.points.reach("after COMMIT")

    @contextmanager
    def alone(self, notes: Notes) -> Iterator[Connection]:
        with self.inner.alone(notes) as connection:
            yield PlantedConnection(connection, self.points)
            self.points.reach("before COMMIT")
        self.points.reach("after COMMIT")

    @contextmanager
    def view(self) -> Iterator[Connection]:
        with self.inner.view() as connection:
            yield PlantedConnection(connection, self.points)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        with self.inner.snapshot() as connection:
            yield connection

    def engine(self) -> Engine:
        return self.inner.engine()

    def close(self) -> None:
        self.inner.close()


class PlantedCommands(CommandListener):
    """Passes a point before each command that goes to MongoDB, and one when its answer is there."""

    def __init__(self, points: Points) -> None:
        self._points = points

    def started(self, event: CommandStartedEvent) -> None:
        self._points.reach(f"before {event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._points.reach(f"after {event.command_name}")

    def failed(self, event: CommandFailedEvent) -> None:
        self._points.reach(f"after {event.command_name} failed")
