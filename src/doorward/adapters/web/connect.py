"""Connecting to the very address that was checked, and giving up when the time is over.

The name is resolved once, here: a name server that answers differently a moment later (DNS rebinding) is not asked.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from typing import Final

from httpcore2 import SOCKET_OPTION, ConnectError, NetworkBackend, NetworkStream, SyncBackend

from doorward.adapters.web.addresses import Reach, refused_as
from doorward.adapters.web.resolve import Resolves
from doorward.core.kernel.outgoing import Failure, NotFetched

_ADDRESSES_TRIED: Final = 4
_BACKEND: Final = SyncBackend()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a request must be over, on the steady clock of this process."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline that many seconds from now."""
        return cls(monotonic() + seconds)

    def left(self) -> float:
        """Return how many seconds are left.

        Raises: NotFetched, when none are.
        """
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise NotFetched(Failure.TIME, "the answer took too long")
        return seconds


class TimedStream(NetworkStream):
    """A connection whose every step has only what is left of the whole time."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 (the deadline counts)
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        encrypted = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return TimedStream(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


@dataclass(frozen=True, slots=True)
class CheckedConnections(NetworkBackend):
    """Opens the connections of one request. `is_plain`: it goes without encryption."""

    resolve: Resolves
    reach: Reach
    deadline: Deadline
    is_plain: bool

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002 (we bind to none)
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Resolve the name, check every address, and connect to one of them.

        Raises: NotFetched; and what httpcore2 raises.
        """
        last = ConnectError("there is no address")
        for address in self._checked(host)[:_ADDRESSES_TRIED]:
            try:
                stream = _BACKEND.connect_tcp(address, port, self.deadline.left(), socket_options=socket_options or ())
            except ConnectError as error:
                last = error
            else:
                return TimedStream(stream, self.deadline)
        raise last

    def _checked(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a name if all of them may be reached; one that may not spoils the name."""
        found = self.resolve(host, seconds=self.deadline.left())
        for text in found:
            try:
                name = refused_as(ip_address(text), self.reach, is_plain=self.is_plain)
            except ValueError:
                name = "no address"
            if name is not None:
                raise NotFetched(Failure.ADDRESS, f"{host} leads to {text}, which is {name}")
        return found
