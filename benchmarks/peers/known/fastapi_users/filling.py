"""Users and sessions of fastapi-users, written as its own statements write them, and many at once."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from doorward.adapters.clock.system import SystemClock

_TABLES: Final = {
    "user": ("id", "email", "hashed_password", "is_active", "is_superuser", "is_verified"),
    "accesstoken": ("token", "user_id", "created_at"),
}
_STAMP: Final = "%Y-%m-%d %H:%M:%S.%f"

Row = tuple[str | bool, ...]


def email_of(number: int) -> str:
    """Return the address of an account."""
    return f"user-{number:08d}@example.com"


def token_of(number: int) -> str:
    """Return the token of an account's session, as long as those that are made."""
    return hashlib.sha256(f"session {number}".encode()).hexdigest()[:43]


def fill_file(path: Path, accounts: int, stored: str) -> None:
    """Fill a SQLite database that has its tables."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = off")
        connection.execute("begin")
        for table, rows in _rows(accounts, stored):
            columns = _TABLES[table]
            marks = ", ".join("?" * len(columns))
            connection.executemany(f'insert into "{table}" ({", ".join(columns)}) values ({marks})', rows)  # noqa: S608
        connection.execute("commit")


def fill_server(url: str, accounts: int, stored: str) -> None:
    """Fill a PostgreSQL database that has its tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table, rows in _rows(accounts, stored):
            columns = sql.SQL(", ").join(map(sql.Identifier, _TABLES[table]))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
            with connection.cursor() as cursor, cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
        connection.execute("VACUUM ANALYZE")


def _rows(accounts: int, stored: str) -> Sequence[tuple[str, Iterator[Row]]]:
    now = f"{SystemClock().now().astimezone(UTC):{_STAMP}}"
    return [
        ("user", ((_id(number), email_of(number), stored, True, False, True) for number in range(accounts))),
        ("accesstoken", ((token_of(number), _id(number), now) for number in range(accounts))),
    ]


def _id(number: int) -> str:
    digits = hashlib.sha256(f"user {number}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
