"""Connections to a mail server, with bounds on what it may answer and how long it may take."""

import socket
from smtplib import SMTP, SMTP_SSL, SMTPServerDisconnected
from time import monotonic
from typing import Final

MOST_LINES: Final = 100
"""How long an answer may be; servers say ten lines at most, those that mean ill never stop."""

_AT_ONCE: Final = 4096


class _Answers:
    """Reads answers off a socket, each within its time however slowly the bytes drip."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._socket = sock
        self._seconds = seconds
        self._unread = b""
        self._until = 0.0
        self._lines = 0

    def begin(self) -> None:
        """Wait for one answer from now on."""
        self._until = monotonic() + self._seconds
        self._lines = 0

    def readline(self, limit: int) -> bytes:
        """Return one line, or what there is of it at the limit or the end.

        Raises: TimeoutError. SMTPServerDisconnected, when an answer has no end.
        """
        self._lines += 1
        if self._lines > MOST_LINES:
            raise SMTPServerDisconnected("the answer has no end")
        while b"\n" not in self._unread and len(self._unread) < limit and self._fill():
            pass
        length = min(self._unread.find(b"\n") + 1 or len(self._unread), limit)
        line, self._unread = self._unread[:length], self._unread[length:]
        return line

    def close(self) -> None:
        """Return: the socket is closed by whoever opened it."""

    def _fill(self) -> bool:
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        try:
            received = self._socket.recv(_AT_ONCE)
        finally:
            self._socket.settimeout(self._seconds)
        self._unread += received
        return bool(received)


class BoundedSMTP(SMTP):
    """Speaks SMTP. An answer that does not come in time, or never ends, ends the connection."""

    def getreply(self) -> tuple[int, bytes]:
        """Return the code and the words of one answer.

        Raises: SMTPServerDisconnected, SMTPResponseException.
        """
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock, self.timeout)
        if isinstance(self.file, _Answers):
            self.file.begin()
        return super().getreply()


class BoundedTlsSMTP(BoundedSMTP, SMTP_SSL):
    """Speaks the same, encrypted from the first byte on."""
