"""Requests to a gateway, byte by byte: what a library would mend, or not send at all, is sent as it is."""

import re
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_PATIENCE: Final = timedelta(seconds=10)
_LONGEST: Final = 64 * 1024
_END: Final = b"\r\n\r\n"
_ANSWER: Final = re.compile(rb"HTTP/1\.1 \d{3} ")


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer. The names of its fields are in lower case."""

    status: int
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Validity:
    """From when to when a certificate counts."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Where a gateway listens, and whom it is asked for; `trusted` is who vouches for its certificate."""

    host: str
    port: int
    is_tls: bool
    trusted: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """Host and port, as a browser writes them."""
        usual = 443 if self.is_tls else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    def ask(self, method: str, path: str, *, host: str | None = None, **fields: str) -> Answer:
        """Send a request as everybody does; `fields` are written with `_` for `-`.

        Raises: OSError, where there is no answer.
        """
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        length = "" if method == "GET" else "Content-Length: 0\r\n"
        return self.send(
            f"{method} {path} HTTP/1.1\r\nHost: {host or self.name}\r\n{length}{more}Connection: close\r\n\r\n"
        )

    def send(self, text: str) -> Answer:
        """Send text as it is, over a connection of its own, and return the answer.

        Raises: OSError, where there is none.
        """
        with self._connected() as line:
            line.sendall(text.encode("latin-1"))
            head = _received(line, until=_END)
        return _read(head)

    def count(self, text: str) -> int:
        """Send text as it is, over a connection of its own, and return how many requests it was taken for.

        Raises: OSError, where the connection is not closed in the end.
        """
        with self._connected() as line:
            line.sendall(text.encode("latin-1"))
            return len(_ANSWER.findall(_received(line)))

    def certificate(self) -> Validity:
        """Return how long the certificate counts that is shown; the other side must speak TLS.

        Raises: OSError, where there is none, or none that is trusted.
        """
        with self._shaken() as line:
            said = line.getpeercert() or {}
        begins, ends = (ssl.cert_time_to_seconds(str(said[name])) for name in ("notBefore", "notAfter"))
        return Validity(datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC))

    def _connected(self) -> socket.socket:
        return self._shaken() if self.is_tls else self._open()

    def _shaken(self) -> ssl.SSLSocket:
        return (self.trusted or ssl.create_default_context()).wrap_socket(self._open(), server_hostname=self.host)

    def _open(self) -> socket.socket:
        return socket.create_connection((self.host.strip("[]"), self.port), _PATIENCE.total_seconds())


def _received(line: socket.socket, *, until: bytes | None = None) -> bytes:
    """Return what comes until these bytes are there, or else until the other side closes."""
    found = b""
    while (until is None or until not in found) and len(found) < _LONGEST:
        received = line.recv(4096)
        if not received:
            break
        found += received
    return found


def _read(head: bytes) -> Answer:
    first, *rest = head.partition(_END)[0].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) < 2 or not words[1].isdecimal():  # noqa: PLR2004 (version and status)
        raise ConnectionError("it hung up without an answer")
    pairs = (field.partition(":") for field in rest)
    return Answer(int(words[1]), {name.lower(): value.strip() for name, _, value in pairs})
