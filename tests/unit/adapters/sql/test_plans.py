"""Every statement finds its rows by an index."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from doorward.adapters.sql import access, accounts, audit, credentials, keys, login, onetime, outbox, sessions
from doorward.adapters.sql.engine.statement import Statement
from doorward.adapters.sql.migrations import upgrade

MODULES = (access, accounts, audit, credentials, keys, login, onetime, outbox, sessions)
READ_WHOLE = frozenset(
    {
        "accounts._COUNT",  # counting is reading all of one index
        "accounts._NEWEST_OF_ALL",  # the last rows of an index
        "audit._HEAD",  # one row
        "audit._MOVE_HEAD",
        "audit._OLDEST",  # the first row of an index
        "keys._ALL",  # a handful of rows
        "keys._REMOVE_ENDED",
        "outbox._COUNT",  # for people who look on
    }
)
SORTED = frozenset(
    {
        "access._HELD_BY",  # operators, who are few
        "accounts._HOLDERS",  # three rows at most
        "login._AHEAD",  # those alone whose suspension ends in the same microsecond
        "outbox._LIST",  # for people who look on
        "outbox._WAITING",  # grouped by a handful of names, once a minute
        "outbox._WAITING_BY",  # as the one before
        "sessions._LIVE_OF",  # one person's own
    }
)


def statements(module: ModuleType) -> Iterator[tuple[str, Statement]]:
    room = module.__name__.rpartition(".")[2]
    for name, value in vars(module).items():
        if isinstance(value, Statement):
            yield f"{room}.{name}", value
        elif isinstance(value, dict):
            kept = {key: each for key, each in value.items() if isinstance(each, Statement)}
            yield from ((f"{room}.{name}[{key}]", each) for key, each in kept.items())


EVERY = dict(found for module in MODULES for found in statements(module))


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = Path(tmp_path_factory.mktemp("plans")) / "empty.db"
    upgrade(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def plan(raw: sqlite3.Connection, statement: Statement) -> list[str]:
    compiled = statement.sqlite
    values = compiled.bind({**dict.fromkeys(compiled.names, 1), **compiled.constants})
    return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values)]


@pytest.mark.parametrize("name", sorted(EVERY.keys() - READ_WHOLE))
def test_plan_reads_no_table_whole(raw: sqlite3.Connection, name: str) -> None:
    steps = plan(raw, EVERY[name])

    assert not [step for step in steps if step.startswith("SCAN dw_")]


@pytest.mark.parametrize("name", sorted(EVERY.keys() - READ_WHOLE - SORTED))
def test_plan_sorts_nothing_that_grows(raw: sqlite3.Connection, name: str) -> None:
    steps = plan(raw, EVERY[name])

    assert not [step for step in steps if "TEMP B-TREE" in step]
