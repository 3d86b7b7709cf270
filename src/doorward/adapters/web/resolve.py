"""Finding the addresses of a name, within a time."""

import socket
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Final, Protocol

from doorward.core.kernel.outgoing import Failure, NotFetched

_THREADS: Final = 8


class Resolves(Protocol):
    """Finds the addresses of a name."""

    @abstractmethod
    def __call__(self, host: str, *, seconds: float) -> tuple[str, ...]:
        """Return the addresses in the order in which to try them, after `seconds` at most.

        Raises: NotFetched.
        """


class SystemResolver(Resolves):
    """Asks the system's resolver, which knows no time limit of its own, in threads that are given up when it is over.

    Eight of them: while as many names are being waited for, the next ones fail instead of making more threads.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolve")

    def __call__(self, host: str, *, seconds: float) -> tuple[str, ...]:
        found = self._threads.submit(_ask, host)
        try:
            return found.result(timeout=seconds)
        except TookTooLong:
            found.cancel()
            raise NotFetched(Failure.TIME, f"the name {host} was not resolved in time") from None
        except OSError:
            raise NotFetched(Failure.NAME, f"the name {host} cannot be resolved") from None

    def close(self) -> None:
        """Let the threads go once they are done."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask(host: str) -> tuple[str, ...]:
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("the name is none") from error
    return tuple(dict.fromkeys(str(row[4][0]) for row in rows))
