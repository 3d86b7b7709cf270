"""A way to a server that breaks in the middle of one message."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from threading import Thread


@dataclass
class Cut:
    """Where the way breaks, once: at the message that holds `word`, before it arrives or before its answer does."""

    word: bytes = b""
    is_before: bool = False
    happened: int = 0
    port: int = 0


@contextmanager
def a_breaking_way(port: int) -> Iterator[Cut]:
    """Listen on a port of its own, and pass everything on to another one of this machine, until it breaks."""
    cut = Cut()
    with socket.create_server(("127.0.0.1", 0)) as server:
        cut.port = server.getsockname()[1]
        Thread(target=_accept, args=(server, port, cut), daemon=True).start()
        yield cut


def _accept(server: socket.socket, port: int, cut: Cut) -> None:
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            Thread(target=_serve, args=(caller, port, cut), daemon=True).start()


def _serve(caller: socket.socket, port: int, cut: Cut) -> None:
    """Pass on one request after another, each with its answer."""
    with suppress(OSError), closing(caller), socket.create_connection(("127.0.0.1", port)) as server:
        while message := _message(caller):
            is_cut = bool(cut.word) and cut.word in message
            if is_cut:
                cut.word, cut.happened = b"", cut.happened + 1
            if is_cut and cut.is_before:
                return
            server.sendall(message)
            answer = _message(server)
            if is_cut or not answer:
                return
            caller.sendall(answer)


def _message(source: socket.socket) -> bytes:
    """Return one message of the wire protocol, whose first four bytes tell its length; nothing at the end."""
    head = source.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return b""
    return head + source.recv(int.from_bytes(head, "little") - 4, socket.MSG_WAITALL)
