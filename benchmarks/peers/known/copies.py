"""Many accounts in a peer's SQLite store: copies of the rows that the peer itself has written of one."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.load import CALLERS
from benchmarks.peers.peer import Operation, Peer, Place
from benchmarks.peers.running.servers import running
from benchmarks.run import CannotMeasure

WRITTEN: Final = CALLERS
"""Accounts up to this number are the peer's own; copies have the numbers above."""

MODEL: Final = 2
"""The number of the account that is copied. The first has more: requests were tried out with it."""

_STRIDE: Final = 7_368_787
_MOST: Final = 20_000
_CACHE_KIB: Final = 512 * 1024

Own = Mapping[str, Callable[[int], str | int | None]]
"""What a copy has of its own, by column, from its number; where it is None, SQLite counts on by itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a table that belong to the model: what follows `where`, and the columns that are a copy's own."""

    table: str
    rows: str
    own: Own


def name_of(number: int) -> str:
    """Return the name of an account."""
    return f"user-{number:08d}"


def email_of(number: int) -> str:
    """Return the address of an account."""
    return f"{name_of(number)}@example.com"


def word_of(kind: str, characters: int) -> Callable[[int], str]:
    """Return what gives the identifier of a kind that belongs to a number: as long as said (up to 128), in no order."""
    return lambda number: hashlib.sha512(f"{kind} {number}".encode()).hexdigest()[:characters]


def all_over(accounts: int) -> Iterator[int]:
    """Return numbers of accounts from 1, far from one another, none twice, and not more than callers ask for."""
    return (number * _STRIDE % accounts + 1 for number in range(min(accounts, _MOST)))


def fill(peer: Peer, place: Place, store: Path, parts: Sequence[Part], accounts: int) -> None:
    """Have a peer write its own accounts and sessions, as for a measurement of refreshes, and copy the model's rows.

    Raises: CannotMeasure, OSError or CalledProcessError, where it does not come so far.
    """
    with running(peer, replace(place, accounts=0), [Operation.REFRESH]) as one:
        for operation, said in one.failed.items():
            raise CannotMeasure(f"{operation}: {said}")
    copy(store, parts, range(WRITTEN + 1, accounts + 1))


def copy(store: Path, parts: Iterable[Part], numbers: range) -> None:
    """Write copies with these numbers into a store that nobody has open.

    Raises: LookupError, where the model has no row in a table.
    """
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        connection.execute("pragma synchronous = off")
        connection.execute("begin")
        for part in parts:
            _copy(connection, part, numbers)
        connection.execute("commit")


def _copy(connection: sqlite3.Connection, part: Part, numbers: range) -> None:
    found = connection.execute(f'select * from "{part.table}" where {part.rows}')  # noqa: S608 (our own words)
    columns = [described[0] for described in found.description]
    rows = found.fetchall()
    if not rows or not part.own.keys() <= set(columns):
        raise LookupError(f"{part.table} has no rows where {part.rows}, or not all of {', '.join(part.own)}")
    names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
    into = f'insert into "{part.table}" ({names}) values ({marks})'  # noqa: S608 (our own words)
    makers = [part.own.get(column) for column in columns]
    connection.executemany(
        into,
        (
            tuple(value if make is None else make(number) for value, make in zip(row, makers, strict=True))
            for number in numbers
            for row in rows
        ),
    )
