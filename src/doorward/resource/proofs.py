"""What a proof of possession is checked against beside itself: the nonces given out, and the proofs seen before.

Source: RFC 9449 sections 8, 9, 11.1 and 11.3.
"""

from abc import abstractmethod
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from doorward.core.kernel import secrets
from doorward.core.keys.dpop import PROOF_LIVES_FOR
from doorward.core.keys.tokens import LEEWAY

MAX_PROOFS: Final = 250_000
"""How many proofs are remembered at once; two and a half thousand a second."""

NONCE_LIVES_FOR: Final = timedelta(minutes=5)
_NONCE_MAC_BYTES: Final = 16
_KEPT_FOR: Final = PROOF_LIVES_FOR + LEEWAY


class Replays(Protocol):
    """Remembers which proofs were used. Processes that share one see the replays of each other."""

    @abstractmethod
    def spend(self, digest: bytes, *, until: datetime, now: datetime) -> bool | None:
        """Return True exactly once for a digest until then, False afterwards, and None when there is no room to tell.

        It is called from threads and from event loops, and must not wait.
        """


class OwnReplays(Replays):
    """Remembers the proofs that this process saw, and a bounded number of them: when it is full it says so."""

    def __init__(self, most: int = MAX_PROOFS) -> None:
        self._most = most
        self._lock = Lock()
        self._spent: dict[bytes, datetime] = {}
        self._before: dict[bytes, datetime] = {}
        self._turn_at: datetime | None = None

    def spend(self, digest: bytes, *, until: datetime, now: datetime) -> bool | None:
        """Return True exactly once, False afterwards, and None when there is no room to tell."""
        with self._lock:
            self._turn(now)
            if digest in self._spent or digest in self._before:
                return False
            if len(self._spent) + len(self._before) >= self._most:
                return None
            self._spent[digest] = until
            return True

    def _turn(self, now: datetime) -> None:
        """Forget the older half when everything in it is too old to be read."""
        if self._turn_at is not None and now < self._turn_at:
            return
        is_idle = self._turn_at is not None and now >= self._turn_at + _KEPT_FOR
        self._before = {} if is_idle else self._spent
        self._spent = {}
        self._turn_at = now + _KEPT_FOR


class Nonces:
    """Gives out nonces, and knows its own again without keeping any: each is good for five to ten minutes.

    Processes that answer for the same resource share `key`, at least 32 random bytes; None makes one for this process.
    """

    def __init__(self, key: bytes | None = None) -> None:
        if key is not None and len(key) < secrets.SECRET_BYTES:
            raise ValueError(f"a key for nonces has at least {secrets.SECRET_BYTES} bytes")
        self._key = key or secrets.random_bytes(secrets.SECRET_BYTES)

    def current(self, now: datetime) -> str:
        """Return the nonce to put into the next proof."""
        return self._nonce(_slot(now))

    def is_good(self, presented: str, now: datetime) -> bool:
        """Tell whether a nonce was given out lately."""
        try:
            told = presented.encode("ascii")
        except UnicodeEncodeError:
            return False
        slot = _slot(now)
        return any(secrets.same(told, self._nonce(one).encode()) for one in (slot, slot - 1))

    def _nonce(self, slot: int) -> str:
        return secrets.encode(secrets.mac(self._key, b"dpop nonce", slot.to_bytes(8))[:_NONCE_MAC_BYTES])


def _slot(now: datetime) -> int:
    return int(now.timestamp() // NONCE_LIVES_FOR.total_seconds())
