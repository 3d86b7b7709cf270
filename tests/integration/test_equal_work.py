"""A refused sign-in costs the same in the database itself: the statements are counted on the connection."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from doorward.adapters.sql.engine.connection import Connection, Loading, Notes, Row
from doorward.adapters.sql.engine.statement import Statement, Value
from doorward.adapters.sql.store import SqlStore
from doorward.adapters.sql.work import SqlWork
from doorward.assembly.flows import Work
from doorward.core.login.errors import InvalidCredentials
from doorward.core.sessions.records import Profile, Rotation, Session
from tests.house import ABROAD, WRONG_PASSWORD, House, Store
from tests.states import STATES
from tests.stores import a_sqlite_store


@dataclass(frozen=True)
class Counted(Connection):
    """Counts what runs on a connection."""

    connection: Connection
    ran: list[Statement]

    @property
    def notes(self) -> Notes:
        return self.connection.notes

    def one(self, statement: Statement, **values: Value) -> Row | None:
        self.ran.append(statement)
        return self.connection.one(statement, **values)

    def all(self, statement: Statement, **values: Value) -> list[Row]:
        self.ran.append(statement)
        return self.connection.all(statement, **values)

    def change(self, statement: Statement, **values: Value) -> int:
        self.ran.append(statement)
        return self.connection.change(statement, **values)

    def change_unless_taken(self, statement: Statement, **values: Value) -> int:
        self.ran.append(statement)
        return self.connection.change_unless_taken(statement, **values)

    def take_each(self, statement: Statement, rows: Sequence[dict[str, Value]]) -> list[Row]:
        self.ran.append(statement)
        return self.connection.take_each(statement, rows)

    def load(self, loading: Loading, rows: Sequence[tuple[Value, ...]]) -> None:
        self.ran.append(loading.insert)
        self.connection.load(loading, rows)

    def take(self, statement: Statement, **values: Value) -> list[Row]:
        self.ran.append(statement)
        return self.connection.take(statement, **values)


@dataclass
class CountedStore(Store):
    """Counts the statements that a store runs, and its units of work."""

    store: SqlStore
    ran: list[Statement] = field(default_factory=list)
    units: int = 0

    @contextmanager
    def work(self) -> Iterator[Work]:
        self.units += 1
        with self.store.work() as work:
            yield SqlWork(Counted(work.connection, self.ran))

    def view(self) -> AbstractContextManager[Work]:
        return self.store.view()

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        return self.store.rotate(rotations)


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[CountedStore]:
    store = a_sqlite_store(tmp_path)
    yield CountedStore(store)
    store.close()


def cost(counted: CountedStore, house: House, login: str) -> tuple[int, int]:
    house.flows.log_in.tag_address(ABROAD.address)
    house.flows.keyring.refresh()  # every few seconds one who signs in reads the keys, whoever that is
    units, ran = counted.units, len(counted.ran)
    with pytest.raises(InvalidCredentials):
        house.sign_in(login, WRONG_PASSWORD, caller=ABROAD)
    return counted.units - units, len(counted.ran) - ran


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_log_in_refused_in_any_state_runs_as_many_statements(
    counted: CountedStore, state: Callable[[House], str]
) -> None:
    house = House(counted)
    login = state(house)

    first, second = cost(counted, house, login), cost(counted, house, "somebody else")

    assert first == second
    assert first[0] == 2
