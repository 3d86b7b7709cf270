"""What tests of moving share: a store to move, and looking into its file."""

import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from doorward.assembly.house import House, open_house
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Caller, Kind
from doorward.settings.load import load

PASSWORD = "correct horse battery staple"
CALLER = Caller(address="192.0.2.7", program="Firefox")
MANY = 6_000
IN_SMALL_STEPS = (
    sys.executable,
    "-c",
    "from doorward.core.moving import pages; pages.PAGE = 1; from doorward.__main__ import main; main()",
)
"""The command line, moving so few records at a time that whoever wants to interrupt it comes in time."""


@dataclass(frozen=True)
class Built:
    """A folder with a store and `before.backup`, and two tokens: the backup knows the first, the second came after."""

    folder: Path
    tokens: tuple[str, str]


class entered:  # noqa: N801 (it reads as a word)
    """Opens the house on a store, with the secrets of the folder beside."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> House:
        self._house = open_house(load({"store_url": f"sqlite:///{self._file}"}))
        self._house.prepare()
        return self._house

    def __exit__(self, *_: object) -> None:
        self._house.close()


def contents(file: Path) -> list[str]:
    """Return everything in a file, as statements."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def changed(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, values)


def can_refresh(file: Path, token: str) -> bool:
    with entered(file) as house:
        try:
            house.flows.refresh(token, Kind.MOBILE, caller=CALLER)
        except RefreshRefused:
            return False
    return True


def fill_attempts(file: Path, count: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = ((sha256(str(number).encode()).hexdigest(), "{}", 0, 1, 1) for number in range(count))
        connection.executemany("INSERT INTO dw_attempts VALUES (?, ?, ?, ?, ?)", rows)
