"""Clients as they were a moment ago, kept in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client
from doorward.core.oauth.tokens.ports import KnownClients

MOST_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class _Kept:
    client: Client
    until: float


@dataclass(slots=True)
class CachedClients(KnownClients):
    """Remembers clients that exist for `bound`, and no more than four thousand of them.

    What is not there is not remembered, so nobody can fill the memory with names.
    """

    find: Callable[[str], Client | None]
    clock: Clock
    bound: timedelta
    _kept: dict[ClientId, _Kept] = field(default_factory=dict, init=False)

    def cached(self, client_id: ClientId) -> Client | None:
        kept = self._kept.get(client_id)
        return None if kept is None or self.clock.steady() >= kept.until else kept.client

    def load(self, client_id: ClientId) -> Client | None:
        client = self.cached(client_id) or self.find(client_id)
        if client is None:
            self.forget(client_id)
        elif self.cached(client_id) is None:
            self.remember(client)
        return client

    def remember(self, client: Client) -> None:
        if len(self._kept) >= MOST_REMEMBERED:
            self._kept.clear()
        self._kept[client.id] = _Kept(client, self.clock.steady() + self.bound.total_seconds())

    def forget(self, client_id: ClientId) -> None:
        self._kept.pop(client_id, None)
