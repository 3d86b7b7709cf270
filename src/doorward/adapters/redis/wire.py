"""One connection to a Redis server, and what can go wrong on it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from redis.connection import Connection, parse_url
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 (the driver's own)
    InvalidResponse,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 (same)
)

PATIENCE: Final = timedelta(seconds=1)
"""How long a connection may take to come about."""

Reply = bytes | int | None | Sequence["Reply"]
Word = bytes | str | int


class Nonsense(ValueError):
    """An answer that no Redis server gives."""


class Unfit(ValueError):
    """A Redis server that may not be used; the message says why."""


class Silent(Exception):
    """Nothing came within the time. The connection is as it was."""


FAILURES: Final = (RedisError, OSError, ValueError)
"""Whatever a server, a network or a stranger at the other end may cause."""

REFUSED: Final = ResponseError
"""An error that the server answered with."""

_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (AuthenticationError, "it refuses the user or the password"),
    (NoPermissionError, "its rules (ACL) forbid what is asked"),
    (BusyLoadingError, "it is still loading"),
    (OutOfMemoryError, "its memory is full"),
    (ReadOnlyError, "it is a read-only replica"),
    (TimeoutError, "it does not answer in time"),
    (InvalidResponse, "what answers there is no Redis server"),
    (Nonsense, "what answers there is no Redis server"),
    (ConnectionError, "it cannot be reached"),
    (OSError, "it cannot be reached"),
)


def reason(error: Exception) -> str:
    """Return what went wrong without a word that the server or a URL put into the error."""
    if isinstance(error, Unfit):
        return str(error)
    return next((said for kind, said in _REASONS if isinstance(error, kind)), f"it fails with {type(error).__name__}")


def is_misled(error: Exception) -> bool:
    """Tell whether somebody has to correct a setting, since waiting will not help."""
    return isinstance(error, AuthenticationError | InvalidResponse | Nonsense | NoPermissionError)


class Wire:
    """A connection of one thread's own. It connects at the first question, and never again once it has failed.

    Raises: ValueError, when the URL cannot be used; it never stands in the message.
    """

    def __init__(self, url: str, *, patience: timedelta = PATIENCE) -> None:
        self._connection = _connection(url, patience.total_seconds())

    def ask(self, *words: Word) -> Reply:
        """Return the answer to one command.

        Raises: one of FAILURES.
        """
        self.say(*words)
        return self._read(None)

    def ask_all(self, commands: Sequence[Sequence[Word]], *, timeout: float) -> list[Reply]:
        """Return the answers to commands that are sent at once; `timeout` in seconds is for each.

        Raises: one of FAILURES.
        """
        packed = self._connection.pack_commands(commands)  # type: ignore[no-untyped-call]  # the driver has no types
        self._connection.send_packed_command(packed, check_health=False)  # type: ignore[no-untyped-call]  # same
        return [self._read(timeout) for _ in commands]

    def say(self, *words: Word) -> None:
        """Send a command whose answer is read later.

        Raises: one of FAILURES.
        """
        self._connection.send_command(*words, check_health=False)  # type: ignore[no-untyped-call]  # same

    def hear(self, *, timeout: float) -> Reply:
        """Return what comes next.

        Raises: Silent, when nothing comes in time; one of FAILURES.
        """
        try:
            return self._read(timeout, keeps=True)
        except TimeoutError:
            raise Silent from None

    def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()  # type: ignore[no-untyped-call]  # same

    def _read(self, timeout: float | None, *, keeps: bool = False) -> Reply:
        given = {} if timeout is None else {"timeout": max(timeout, 0.001)}
        reply: Reply = self._connection.read_response(disconnect_on_error=not keeps, **given)
        return reply


def _connection(url: str, seconds: float) -> Connection:
    try:
        given = parse_url(url)  # type: ignore[no-untyped-call]  # the driver has no types
        kind = given.pop("connection_class", Connection)
        ours = {"protocol": 2, "driver_info": None, "decode_responses": False}
        times = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "socket_keepalive": True}
        connection: Connection = kind(**{**given, **ours, **times})
    except (TypeError, ValueError, RedisError):
        raise ValueError("the URL of the cache has a part that is not known") from None
    return connection
