"""Accounts copied in a peer's store."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.peers.known.copies import WRITTEN, Part, all_over, copy, email_of, word_of


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store with one account and two rows that belong to it."""
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            create table account (id integer primary key, email text unique, hash text);
            create table role (id integer primary key, account integer, name text);
            insert into account values (2, 'user-00000002@example.com', 'the hash of all');
            insert into role values (7, 2, 'reads'), (8, 2, 'writes'), (9, 1, 'reads');
            """
        )
    return path


def rows(store: Path, statement: str) -> Sequence[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(statement).fetchall()


def test_copies_have_what_is_their_own_and_the_rest_of_the_model(store: Path) -> None:
    account = Part("account", "id = 2", {"id": lambda number: number, "email": email_of})
    role = Part("role", "account = 2", {"id": lambda _: None, "account": lambda number: number})

    copy(store, [account, role], range(100, 103))

    assert rows(store, "select id, email, hash from account where id <> 2") == [
        (number, f"user-{number:08d}@example.com", "the hash of all") for number in (100, 101, 102)
    ]
    assert rows(store, "select account, name from role where account >= 100") == [
        (number, name) for number in (100, 101, 102) for name in ("reads", "writes")
    ]


@pytest.mark.parametrize("part", [Part("account", "id = 3", {}), Part("account", "id = 2", {"e-mail": email_of})])
def test_model_that_is_not_there_is_said_and_nothing_is_copied(store: Path, part: Part) -> None:
    whole = Part("account", "id = 2", {"id": lambda number: number, "email": email_of})

    with pytest.raises(LookupError, match="account has no rows"):
        copy(store, [whole, part], range(100, 103))

    assert len(rows(store, "select id from account")) == 1


def test_words_are_as_long_as_said_and_in_no_order() -> None:
    words = [word_of("session", 43)(number) for number in range(1_000)]

    assert {len(word) for word in words} == {43}
    assert len(word_of("session", 96)(1)) == 96
    assert len(set(words)) == 1_000
    assert words != sorted(words)


@pytest.mark.parametrize("accounts", [1, WRITTEN, 1_000, 1_000_000])
def test_numbers_go_all_over_the_store_and_none_comes_twice(accounts: int) -> None:
    numbers = list(all_over(accounts))

    assert len(set(numbers)) == len(numbers) == min(accounts, 20_000)
    assert 1 <= min(numbers) <= max(numbers) <= accounts
    assert max(numbers) > accounts * 0.99
