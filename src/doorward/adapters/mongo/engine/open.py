"""One MongoDB: its client, which is connected when it is first used, its writer and its views."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final

from doorward.adapters.mongo.engine.client import Client, connect, faults, require_readable
from doorward.adapters.mongo.engine.connection import PATIENCE, Connection, Notes
from doorward.adapters.mongo.engine.turn import LEASE, Turn
from doorward.adapters.mongo.engine.unit import Reader, View
from doorward.adapters.mongo.engine.writer import Writer

POOL_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that was reached."""

    client: Client
    reader: Reader
    turn: Turn
    writer: Writer


class Mongo:
    """One database. Units of work go one after another, across all processes; views never wait for them.

    Raises: ValueError, when the URL cannot be read.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        transactions: bool | None = None,
        patience: timedelta = PATIENCE,
        answers_within: timedelta = PATIENCE,
        lease: timedelta = LEASE,
    ) -> None:
        require_readable(url)
        self._url = url
        self._pool_size = pool_size
        self._transactions = transactions
        self._patience = patience
        self._answers_within = answers_within
        self._lease = lease
        self._mutex = Lock()
        self._opened: Opened | None = None

    @contextmanager
    def unit(self, notes: Notes) -> Iterator[Connection]:
        """Open a unit of work: leaving the block commits, an exception undoes.

        Raises: Unavailable.
        """
        with faults(), self.opened().writer.unit(notes) as unit:
            yield unit

    @contextmanager
    def view(self) -> Iterator[Connection]:
        """Open a view.

        Raises: Unavailable.
        """
        with faults():
            yield View(self.opened().reader)

    def opened(self) -> Opened:
        """Return the database, and connect to it when this is the first use.

        Raises: Unavailable.
        """
        with self._mutex:
            if self._opened is None:
                self._opened = self._connected()
            return self._opened

    def close(self) -> None:
        """Close every connection, once the units of work that run have ended."""
        with self._mutex:
            opened, self._opened = self._opened, None
        if opened is not None:
            try:
                opened.writer.close()
            finally:
                opened.client.close()

    def _connected(self) -> Opened:
        client = connect(
            self._url,
            pool_size=self._pool_size,
            patience=self._patience,
            answers_within=self._answers_within,
            transactions=self._transactions,
        )
        reader = Reader(client.database)
        turn = Turn(client, lease=self._lease, patience=self._patience)
        return Opened(client, reader, turn, Writer(turn, reader, patience=self._patience))
