"""One connection to PostgreSQL, driven through libpq's own functions.

A statement through a cursor costs about 40 µs of processor time, prepared and run through these 13.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from select import POLLIN, POLLOUT, poll
from typing import Final, TypeAlias

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from doorward.adapters.sql.engine.connection import Row
from doorward.adapters.sql.engine.statement import Compiled, Value

Decoder: TypeAlias = Callable[[bytes], Value]

ANSWER_WITHIN: Final = timedelta(seconds=35)
"""How long a statement is waited for: longer than the server lets one run, so what is left is a server gone silent."""

_MILLISECOND: Final = timedelta(milliseconds=1)
_TEXT: Final = 0
_BINARY: Final = 1
_SUCCEEDED: Final = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, signed=True)


_DECODERS: Final[dict[int, Decoder]] = {
    **dict.fromkeys((20, 21, 23), _number),  # bigint, smallint, integer
    **dict.fromkeys((19, 25, 1043), bytes.decode),  # name, text, varchar
    17: bytes,  # bytea
}
"""How a value is read, by the number that PostgreSQL gives its type."""


class Link:
    """Runs prepared statements on one connection. What a pool closes is the connection.

    A connection whose server falls silent is closed: libpq itself would wait for ever, and with it a thread.
    """

    __slots__ = ("_decoders", "_open", "_patience", "_readable", "_wire", "raw")

    def __init__(self, raw: psycopg.Connection[Row], *, patience: timedelta = ANSWER_WITHIN) -> None:
        self.raw = raw
        self._wire = raw.pgconn
        self._patience = patience
        self._readable, self._open = poll(), poll()
        self._readable.register(self._wire.socket, POLLIN)
        self._open.register(self._wire.socket, POLLIN | POLLOUT)
        self._decoders: dict[str, tuple[Decoder, ...]] = {}

    def command(self, text: bytes, *, patience: timedelta | None = None) -> str:
        """Run a command without values, and return its tag; that of a COMMIT which undid instead is ROLLBACK.

        Raises: psycopg.Error.
        """
        self._wire.send_query(text)
        return (self._answer(patience or self._patience).command_status or b"").decode()

    def change(self, compiled: Compiled, values: dict[str, Value]) -> int:
        """Run a change, and return how many rows it wrote.

        Raises: psycopg.Error.
        """
        return self._run(compiled, compiled.bind(values)).command_tuples or 0

    def rows(self, compiled: Compiled, values: dict[str, Value]) -> list[Row]:
        """Return every row that a statement gives.

        Raises: psycopg.Error.
        """
        return self._read(compiled, self._run(compiled, compiled.bind(values)))

    def rows_of_each(self, compiled: Compiled, rows: Sequence[dict[str, Value]]) -> list[Row]:
        """Return every row that a statement gives which takes the values of several rows, as arrays.

        Raises: psycopg.Error.
        """
        given = [_array(value) if isinstance(value, list) else value for value in compiled.bind_each(rows)]
        return self._read(compiled, self._run(compiled, given))

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()

    def _read(self, compiled: Compiled, result: pq.abc.PGresult) -> list[Row]:
        decoders = self._decoders[compiled.name]
        return [_row(result, number, decoders) for number in range(result.ntuples)]

    def _run(self, compiled: Compiled, given: Sequence[Value]) -> pq.abc.PGresult:
        if any("\0" in value for value in given if isinstance(value, str)):
            raise psycopg.DataError("a text holds NUL, at which it would be cut off")
        if compiled.name not in self._decoders:
            self._prepare(compiled)
        formats = [_BINARY if isinstance(value, bytes) else _TEXT for value in given]
        sent = [value if value is None or isinstance(value, bytes) else str(value).encode() for value in given]
        self._wire.send_query_prepared(compiled.name.encode(), sent, formats, result_format=_BINARY)
        return self._answer(self._patience)

    def _prepare(self, compiled: Compiled) -> None:
        name = compiled.name.encode()
        self._wire.send_prepare(name, compiled.text.encode())
        self._answer(self._patience)
        self._wire.send_describe_prepared(name)
        described = self._answer(self._patience)
        kinds = [described.ftype(column) for column in range(described.nfields)]
        self._decoders[compiled.name] = tuple(_DECODERS[kind] for kind in kinds)

    def _answer(self, patience: timedelta) -> pq.abc.PGresult:
        """Return the answer to what was sent, or close the connection when it does not come."""
        wire = self._wire
        while wire.flush():  # what the network did not take at once
            self._wait(self._open, patience)
        while wire.is_busy():
            self._wait(self._readable, patience)
        result = wire.get_result()
        while (more := wire.get_result()) is not None:
            result = more
        if result is None:
            raise psycopg.OperationalError("the server gave no answer")
        return self._checked(result)

    def _wait(self, way: poll, patience: timedelta) -> None:
        """Return when there is something to read, or to write where `way` looks for that as well."""
        if not way.poll(patience / _MILLISECOND):
            self.raw.close()
            raise psycopg.OperationalError("the server does not answer")
        self._wire.consume_input()

    def _checked(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in _SUCCEEDED:
            return result
        if self._wire.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)


def _row(result: pq.abc.PGresult, number: int, decoders: Sequence[Decoder]) -> Row:
    cells = [result.get_value(number, column) for column in range(len(decoders))]
    return tuple([None if cell is None else read(cell) for cell, read in zip(cells, decoders, strict=True)])


def _array(values: Sequence[Value]) -> str:
    """Return an array as PostgreSQL reads it in text."""
    return "{" + ",".join([_cell(value) for value in values]) + "}"


def _cell(value: Value) -> str:
    match value:
        case None:
            return "NULL"
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case _:
            return str(value)
