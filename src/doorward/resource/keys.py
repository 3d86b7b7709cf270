"""The keys of an issuer: fetched, kept for a while, and dropped when the issuer drops them.

Source: RFC 5861 section 4 (stale-if-error); RFC 7517 section 5.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from types import MappingProxyType
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import KeyId
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.resource.errors import VerifierUnavailable
from doorward.resource.fetch import Unfetched

LOOK_AGAIN_AFTER: Final = timedelta(minutes=4)
"""When a set is fetched anew beside the requests, so that none waits for it."""

FRESH_FOR: Final = timedelta(minutes=5)
"""How long a set is believed without a look: so long does a key that was removed go on to count."""

STALE_FOR: Final = timedelta(hours=24)
"""How long keys go on being used when the issuer does not answer."""

REFETCH_AFTER: Final = timedelta(seconds=30)
"""The least time between two fetches for the same issuer, whatever it is that asks for them."""

RETRY_AFTER: Final = timedelta(seconds=1)
"""The same while there are no keys at all."""

_SETTLED_SECONDS: Final = LOOK_AGAIN_AFTER.total_seconds()
MAX_KEYS: Final = 100
MAX_UNKNOWN: Final = 1000
_FLIGHT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Key:
    """A public key as `Verifies` takes it, for one algorithm."""

    algorithm: Algorithm
    public_jwk: str


Keys = Mapping[KeyId, Key]


@dataclass(frozen=True, slots=True)
class _Held:
    keys: Keys
    read_at: datetime
    steady: float


@dataclass(slots=True)
class KeySet:
    """The keys of one issuer. However many ask at once, one fetch is under way.

    `keys` is the same object as long as the issuer publishes the same keys: what they verified is good for as long.
    """

    algorithms: Collection[Algorithm]
    document: Callable[[], Mapping[str, JsonValue]]
    clock: Clock
    _held: _Held | None = field(default=None, init=False)
    _has_failed: bool = field(default=False, init=False)
    _fetch_at: float = field(default=float("-inf"), init=False)
    _unknown: dict[KeyId, float] = field(default_factory=dict, init=False)
    _flight: Future[None] | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @property
    def keys(self) -> Keys | None:
        """The keys that are held, however old."""
        return None if self._held is None else self._held.keys

    def is_settled(self) -> bool:
        """Tell whether the keys that are held are young enough that nothing need be done about them."""
        held = self._held
        return held is not None and self._age(held) < _SETTLED_SECONDS

    def at_hand(self, key_id: KeyId) -> Key | None:
        """Return a key of the set if nothing need be done about the set."""
        held = self._held
        return held.keys.get(key_id) if held is not None and self._age(held) < _SETTLED_SECONDS else None

    def must_fetch(self, key_id: KeyId) -> bool:
        """Tell whether the set has to be fetched before anybody can say what the key `key_id` is.

        A name that a later set did not have either is not looked for again until that set is due anyway.
        """
        held, steady = self._held, self.clock.steady()
        if steady < self._fetch_at:
            return False
        if held is None or self._is_overdue(held, steady):
            return True
        return key_id not in held.keys and held.steady < self._asked_for(key_id, steady)

    def find(self, key_id: KeyId) -> Key | None:
        """Return a key of the set, or None when it has no such key.

        Raises: VerifierUnavailable, when the issuer was not to be reached and nobody can tell.
        """
        held, steady = self._held, self.clock.steady()
        if held is None:
            raise VerifierUnavailable(RETRY_AFTER)
        if self._age(held) >= _SETTLED_SECONDS:
            self._fetch_beside()
        if self._age(held) >= STALE_FOR.total_seconds():
            raise VerifierUnavailable(REFETCH_AFTER)
        key = held.keys.get(key_id)
        if key is None and self._has_failed and held.steady < self._asked_for(key_id, steady):
            raise VerifierUnavailable(REFETCH_AFTER)
        return key

    def fetch(self) -> None:
        """Fetch the set, or wait for whoever does. What is held then says how it went.

        Raises: VerifierUnavailable, when it takes too long.
        """
        flight, is_mine = self._board()
        if is_mine:
            self._fly(flight)
        else:
            wait([flight], timeout=_FLIGHT_SECONDS)
        _require_landed(flight)

    async def fetch_soon(self) -> None:
        """Fetch the set, or wait for whoever does, while others go on.

        Raises: VerifierUnavailable, when it takes too long.
        """
        flight, is_mine = self._board()
        if is_mine:
            Thread(target=self._fly, args=(flight,), name="doorward-keys", daemon=True).start()
        # Unlike `await`, this leaves the fetch alone when whoever waits is cancelled.
        await asyncio.wait([asyncio.wrap_future(flight)], timeout=_FLIGHT_SECONDS)
        _require_landed(flight)

    def _fetch_beside(self) -> None:
        """Fetch the set while nobody waits for it, if it is time."""
        if self.clock.steady() < self._fetch_at:
            return
        flight, is_mine = self._board()
        if is_mine:
            Thread(target=self._fly, args=(flight,), name="doorward-keys", daemon=True).start()

    def _board(self) -> tuple[Future[None], bool]:
        with self._lock:
            if self._flight is not None:
                return self._flight, False
            self._flight = Future()
            return self._flight, True

    def _fly(self, flight: Future[None]) -> None:
        try:
            self._load()
        finally:
            with self._lock:
                self._flight = None
            flight.set_result(None)

    def _load(self) -> None:
        now, steady = self.clock.now(), self.clock.steady()
        try:
            keys = _read(self.document(), self.algorithms)
        except Unfetched:
            self._has_failed = True
            pause = RETRY_AFTER if self._held is None else REFETCH_AFTER
            self._fetch_at = self.clock.steady() + pause.total_seconds()
            return
        if self._held is not None and self._held.keys == keys:
            keys = self._held.keys
        self._held = _Held(keys, now, steady)
        self._has_failed = False
        self._fetch_at = steady + REFETCH_AFTER.total_seconds()

    def _is_overdue(self, held: _Held, steady: float) -> bool:
        """Tell whether a set is too old to be believed, and the issuer has not just been found away."""
        is_away = self._has_failed and steady - self._fetch_at < FRESH_FOR.total_seconds()
        return self._age(held) >= FRESH_FOR.total_seconds() and not is_away

    def _asked_for(self, key_id: KeyId, steady: float) -> float:
        """Return when a key that is not there was asked for first."""
        if len(self._unknown) >= MAX_UNKNOWN:
            self._unknown.clear()
        return self._unknown.setdefault(key_id, steady)

    def _age(self, held: _Held) -> float:
        """Return how many seconds old a set is, by both clocks: one may have been set back, and one may have slept."""
        return max((self.clock.now() - held.read_at).total_seconds(), self.clock.steady() - held.steady)


def _require_landed(flight: Future[None]) -> None:
    if not flight.done():
        raise VerifierUnavailable(REFETCH_AFTER)


def _read(document: Mapping[str, JsonValue], algorithms: Collection[Algorithm]) -> Keys:
    """Return the keys of a set that can verify. What is for something else, or cannot be read, is left out.

    Raises: Unfetched, when it is no set at all.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise Unfetched("the document is no set of keys")
    named = [(jwk.get("kid"), jwk) for jwk in listed if isinstance(jwk, dict)]
    names = [name for name, _ in named]
    read = {name: _key(jwk, algorithms) for name, jwk in named if isinstance(name, str) and names.count(name) == 1}
    return MappingProxyType({KeyId(name): key for name, key in read.items() if key is not None})


def _key(jwk: Mapping[str, JsonValue], algorithms: Collection[Algorithm]) -> Key | None:
    """Return a key for the one algorithm that it is meant for: the one that it names, or the only one that it can do.

    Source: RFC 8725 section 3.1.
    """
    able = [Key(algorithm, key) for algorithm in algorithms if (key := _meant_for(jwk, algorithm)) is not None]
    return able[0] if len(able) == 1 else None


def _meant_for(jwk: Mapping[str, JsonValue], algorithm: Algorithm) -> str | None:
    try:
        return jose.public_key(jwk, algorithm)
    except TokenRefused:
        return None
