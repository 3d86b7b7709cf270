"""How many rotations a second bare `sqlite3` commits, each durably and alone."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from benchmarks.machine import ALONE, on_cores

_SESSIONS: Final = 1000
_TABLE: Final = """
create table sessions (
    id text primary key, account_id text, kind text, device_name text, place text, scope text,
    created_at integer, authenticated_at integer, last_seen_at integer, idle_expires_at integer, expires_at integer,
    digest blob, generation integer, superseded_digest blob, superseded_at integer, sealed_successor blob,
    replays integer, ended_at integer, end_reason text
) strict
"""
_READ: Final = "select * from sessions where id = ?"
_ROTATE: Final = """
update sessions set generation = generation + 1, digest = ?, superseded_digest = ?, superseded_at = ?,
    sealed_successor = ?, last_seen_at = ?, idle_expires_at = ?
where id = ? and generation = ? and ended_at is null
"""


@dataclass(frozen=True, slots=True)
class Commits:
    """What one measurement gave."""

    rate: float
    cpu_microseconds: float


def commits_a_second(folder: Path, seconds: float) -> Commits:
    """Return the rate of transactions that read one session and write its successor, on the disk of `folder`."""
    path = folder / "limit.sqlite3"
    with on_cores(ALONE):
        connection = _opened(path)
        try:
            return _measure(connection, seconds)
        finally:
            connection.close()
            for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                name.unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute(_TABLE)
    connection.execute("begin")
    digest, life = b"d" * 32, 1_800_000_000_000
    for number in range(_SESSIONS):
        values = (_id(number), _id(number), "mobile", "a phone", "p" * 22, "", *[life] * 5, digest, 0, *[None] * 3, 0)
        connection.execute(f"insert into sessions values ({', '.join('?' * 19)})", (*values, None, None))  # noqa: S608 (marks)
    connection.execute("commit")
    return connection


def _measure(connection: sqlite3.Connection, seconds: float) -> Commits:
    count, cpu, started = 0, process_time(), perf_counter()
    while perf_counter() - started < seconds:
        _rotate(connection, _id(count * 7919 % _SESSIONS))
        count += 1
    return Commits(count / (perf_counter() - started), (process_time() - cpu) * 1e6 / count)


def _rotate(connection: sqlite3.Connection, session_id: str) -> None:
    connection.execute("begin immediate")
    row = connection.execute(_READ, (session_id,)).fetchone()
    moment = 1_800_000_000_000
    values = (os.urandom(32), row[11], moment, os.urandom(60), moment, moment, session_id, row[12])
    connection.execute(_ROTATE, values)
    connection.execute("commit")


def _id(number: int) -> str:
    return f"{number:026d}"
