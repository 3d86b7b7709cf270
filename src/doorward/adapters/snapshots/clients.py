"""Clients as they were a moment ago, kept in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client
from doorward.core.oauth.tokens.ports import KnownClients, Moment

MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class _Kept:
    client: Client
    until: float


@dataclass(slots=True)
class CachedClients(KnownClients):
    """Remembers clients that exist for `bound`, and no more than four thousand of them.

    What is not there is not remembered, so nobody can fill the memory with names. Nor is what was read before a change
    that is known by now; the bound counts from before the reading.
    """

    find: Callable[[str], Client | None]
    clock: Clock
    bound: timedelta
    _kept: dict[ClientId, _Kept] = field(default_factory=dict, init=False)
    _forgotten: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def cached(self, client_id: ClientId) -> Client | None:
        kept = self._kept.get(client_id)
        return None if kept is None or self.clock.steady() >= kept.until else kept.client

    def load(self, client_id: ClientId) -> Client | None:
        known = self.cached(client_id)
        if known is not None:
            return known
        since = self.before_reading()
        client = self.find(client_id)
        if client is None:
            self._kept.pop(client_id, None)
        else:
            self.remember(client, since)
        return client

    def before_reading(self) -> Moment:
        return Moment(self.clock.steady(), self._forgotten)

    def remember(self, client: Client, since: Moment) -> None:
        with self._lock:
            if since.forgotten != self._forgotten:
                return
            if len(self._kept) >= MOST_REMEMBERED:
                self._kept.clear()
            self._kept[client.id] = _Kept(client, since.steady + self.bound.total_seconds())

    def forget(self, client_id: ClientId) -> None:
        with self._lock:
            self._forgotten += 1
            self._kept.pop(client_id, None)
