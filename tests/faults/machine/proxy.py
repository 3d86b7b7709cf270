"""A TCP proxy that is late, mute, deaf or gone when it is told to be.

`python -m tests.faults.machine.proxy ADDRESS PORT SOCKET` is one without faults, until its input ends: what stands in
another network in front of a server that is reached by a socket in the file system.
"""

import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

_CHUNK: Final = 65_536
_LATE: Final = 0.05
_DRIP: Final = 0.002
_ABORT: Final = struct.pack("ii", 1, 0)


class Fault(Enum):
    """What a proxy does with what it is given."""

    NONE = auto()
    HELD = auto()
    """Nothing gets through; it is kept, and goes on when the fault is over, as behind a cable that was cut."""
    LOST = auto()
    """Nothing gets through, and it never will."""
    LATE = auto()
    TRICKLE = auto()
    REFUSED = auto()
    """Connections are reset as soon as they are made."""


@dataclass(eq=False)
class _Pair:
    """A connection, and the one behind it."""

    near: socket.socket
    far: socket.socket
    is_doomed: bool = False

    def abort(self) -> None:
        for end in (self.near, self.far):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class Proxy:
    """Stands before a server. `cut_at`: the number of the request whose answer is lost with its connection; 0: none."""

    server: str | Path | tuple[str, int]
    address: tuple[str, int] = ("127.0.0.1", 0)
    fault: Fault = Fault.NONE
    cut_at: int = 0
    requests: int = 0
    _listening: socket.socket = field(init=False)
    _pairs: set[_Pair] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _changed: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(self.address)
        Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._listening.getsockname()[1]
        return number

    def close(self) -> None:
        self._listening.close()
        self.fault = Fault.NONE
        self.reset()

    def reset(self) -> None:
        """Break every connection at once."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            pair.abort()

    @contextmanager
    def broken(self, fault: Fault) -> Iterator[None]:
        """Have a fault while the block runs."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = Fault.NONE

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.fault is Fault.REFUSED:
                _Pair(near, near).abort()
                continue
            pair = _Pair(near, self._reach())
            with self._lock:
                self._pairs.add(pair)
            Thread(
                target=self._pump, args=(pair, pair.near, pair.far), kwargs={"is_request": True}, daemon=True
            ).start()
            Thread(
                target=self._pump, args=(pair, pair.far, pair.near), kwargs={"is_request": False}, daemon=True
            ).start()

    def _reach(self) -> socket.socket:
        if isinstance(self.server, tuple):
            return socket.create_connection(self.server)
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self.server))
        return far

    def _pump(self, pair: _Pair, source: socket.socket, sink: socket.socket, *, is_request: bool) -> None:
        try:
            while chunk := source.recv(_CHUNK):
                self._hand_on(pair, chunk, sink, is_request=is_request)
        except OSError:
            pass
        pair.abort()

    def _hand_on(self, pair: _Pair, chunk: bytes, sink: socket.socket, *, is_request: bool) -> None:
        while self.fault is Fault.HELD:
            self._changed.wait(0.01)
        match self.fault:
            case Fault.LOST:
                return
            case Fault.LATE:
                self._changed.wait(_LATE)
            case Fault.TRICKLE:
                for byte in chunk:
                    self._changed.wait(_DRIP)
                    sink.sendall(bytes([byte]))
                return
            case _:
                pass
        if is_request:
            self.requests += 1
            pair.is_doomed = self.requests == self.cut_at
        elif pair.is_doomed:
            raise ConnectionError
        sink.sendall(chunk)


@contextmanager
def a_proxy(server: str | Path | tuple[str, int]) -> Iterator[Proxy]:
    """Run a proxy while the block runs."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()


def main(address: str, port: str, server: str) -> None:
    """Hand on until the input ends."""
    proxy = Proxy(Path(server), address=(address, int(port)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    proxy.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
