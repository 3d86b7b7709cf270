"""Asking clamd what it thinks of some bytes.

Source: clamd(8), command INSTREAM.
"""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import BoundedSemaphore
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from doorward.core.files.ports import Scanner
from doorward.core.files.records import Verdict
from doorward.core.kernel.errors import Unavailable

_CONNECT: Final = timedelta(seconds=3)
_SILENCE: Final = timedelta(seconds=30)
_DELIBERATION: Final = timedelta(minutes=3)
_RETRY_AFTER: Final = timedelta(seconds=10)
_AT_ONCE: Final = timedelta(seconds=1)
_AT_A_TIME: Final = 4
"""How many files are looked at at the same moment; whoever comes then is told to come again, and holds no thread."""

_COMMAND: Final = b"zINSTREAM\0"
_PING: Final = b"zPING\0"
_PONG: Final = b"PONG\0"
_LENGTH_BYTES: Final = 4
_CHUNK: Final = 1 << 20
_END: Final = bytes(_LENGTH_BYTES)
_LONGEST_ANSWER: Final = 4096
_ANSWER: Final = re.compile(rb"stream: (?:OK|(?P<found>[!-~]{1,200}) FOUND)\0")
"""The two answers that say something of the bytes. Whatever else comes says something of the scanner."""

_COMPLAINT: Final = re.compile(rb"[ -~]{1,200}")


class ClamavScanner(Scanner):
    """Asks clamd over TCP, on a connection of its own each time. Nothing is clean but what clamd has said so of.

    A connection is made within 3 s, each piece is taken within `silence`, and the answer, which comes once all of a
    file was looked at, within `deliberation`.
    Raises: ValueError, when the URL cannot be read.
    """

    def __init__(self, url: str, *, silence: timedelta = _SILENCE, deliberation: timedelta = _DELIBERATION) -> None:
        parts = urlsplit(url)
        if parts.scheme != "clamav" or not parts.hostname or parts.port is None:
            raise ValueError("a scanner is clamav://HOST:PORT")
        self._address = (parts.hostname, parts.port)
        self._places = BoundedSemaphore(_AT_A_TIME)
        self._silence_seconds = silence.total_seconds()
        self._deliberation_seconds = deliberation.total_seconds()

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        if not self._places.acquire(blocking=False):
            raise Unavailable(_RETRY_AFTER)
        try:
            with socket.create_connection(self._address, _CONNECT.total_seconds()) as connection:
                return self._asked(connection, chunks)
        except OSError as error:
            raise Unavailable(_RETRY_AFTER) from error
        finally:
            self._places.release()

    def check(self) -> None:
        """Return when the scanner answers, which it has a second for.

        Raises: Unavailable.
        """
        try:
            with socket.create_connection(self._address, _AT_ONCE.total_seconds()) as connection:
                connection.sendall(_PING)
                answer = self._answer(connection, within_seconds=_AT_ONCE.total_seconds())
        except OSError as error:
            raise Unavailable(_RETRY_AFTER) from error
        if answer != _PONG:
            raise Unavailable(_RETRY_AFTER) from OSError(_said(answer))

    def _asked(self, connection: socket.socket, chunks: Iterable[bytes]) -> Verdict:
        """Send all bytes, and return what is thought of them.

        Raises: OSError.
        """
        connection.settimeout(self._silence_seconds)
        connection.sendall(_COMMAND)
        for piece in _pieces(chunks):
            self._send(connection, piece)
        self._send(connection, _END)
        return _verdict(self._answer(connection, within_seconds=self._deliberation_seconds))

    def _send(self, connection: socket.socket, piece: bytes) -> None:
        """Send a piece. A scanner that hangs up may have said why.

        Raises: OSError.
        """
        try:
            connection.sendall(piece)
        except ConnectionError:
            with suppress(ConnectionError):
                _verdict(self._answer(connection, within_seconds=self._silence_seconds))
            raise

    @staticmethod
    def _answer(connection: socket.socket, *, within_seconds: float) -> bytes:
        """Return what is said until the other side hangs up, and the beginning alone of what is too long.

        Raises: OSError, when that takes too long.
        """
        until, answer = monotonic() + within_seconds, b""
        while len(answer) <= _LONGEST_ANSWER:
            left = until - monotonic()
            if left <= 0:
                raise TimeoutError("it said nothing in time")
            connection.settimeout(left)
            received = connection.recv(_LONGEST_ANSWER)
            if not received:
                break
            answer += received
        return answer


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Return chunks as they go over the wire. An empty one would say that there are no more."""
    for chunk in chunks:
        for at in range(0, len(chunk), _CHUNK):
            piece = chunk[at : at + _CHUNK]
            yield len(piece).to_bytes(_LENGTH_BYTES, "big") + piece


def _verdict(answer: bytes) -> Verdict:
    """Return what an answer means.

    Raises: OSError, when it means nothing.
    """
    match = _ANSWER.fullmatch(answer)
    if match is None:
        raise OSError(_said(answer))
    found = match["found"]
    return Verdict(None if found is None else found.decode())


def _said(answer: bytes) -> str:
    complaint = _COMPLAINT.match(answer)
    return f"it said: {complaint[0].decode()}" if complaint else "it said nothing that can be read"
