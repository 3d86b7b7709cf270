"""What the doors of files are made of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from doorward.core.files.records import Key
from doorward.core.kernel.errors import TooMany, Unavailable
from doorward.core.kernel.ids import AccountId

MOST_AT_ONCE: Final = 256
MOST_OF_AN_ACCOUNT: Final = 6
_RETRY_AFTER: Final = timedelta(seconds=5)


@dataclass(slots=True)
class Slots:
    """How many bodies come at the same time, in all and of each account: each holds a little memory, and no thread.

    It is used in one thread alone, that of the server's loop.
    """

    most: int = MOST_AT_ONCE
    most_of_an_account: int = MOST_OF_AN_ACCOUNT
    _taken: dict[AccountId, int] = field(default_factory=dict)
    _all: int = 0

    @contextmanager
    def taken(self, account_id: AccountId) -> Iterator[None]:
        """Take a slot while the block runs.

        Raises: TooMany, when the account has enough. Unavailable, when there is none.
        """
        own = self._taken.get(account_id, 0)
        if own >= self.most_of_an_account:
            raise TooMany(_RETRY_AFTER)
        if self._all >= self.most:
            raise Unavailable(_RETRY_AFTER)
        self._taken[account_id] = own + 1
        self._all += 1
        try:
            yield
        finally:
            self._all -= 1
            self._taken[account_id] -= 1
            if not self._taken[account_id]:
                del self._taken[account_id]


@dataclass(frozen=True, slots=True)
class FileDoors:
    """Where files are served: an origin that is not the issuer's.

    `is_apart`: nothing but files answers there. In development it may be another name of the same server, where all
    else goes on answering. `accel` returns the internal address of a heap at a gateway that serves the folder.
    """

    origin: str
    max_bytes: int
    is_apart: bool = True
    accel: Callable[[Key], str] | None = None
    slots: Slots = field(default_factory=Slots)
    host: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", urlsplit(self.origin).netloc.encode("latin-1"))
