"""Turns for long work on bytes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import Final

from doorward.core.files.ports import Turns
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId

MOST: Final = 4
MOST_OF_AN_ACCOUNT: Final = 2
_RETRY_AFTER: Final = timedelta(seconds=5)


class LocalTurns(Turns):
    """Counts who is at work in this process."""

    def __init__(self) -> None:
        self._at_work: Counter[AccountId] = Counter()
        self._lock = Lock()

    @contextmanager
    def taken(self, account_id: AccountId) -> Iterator[None]:
        with self._lock:
            if self._at_work.total() >= MOST or self._at_work[account_id] >= MOST_OF_AN_ACCOUNT:
                raise Unavailable(_RETRY_AFTER)
            self._at_work[account_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= Counter([account_id])
