"""Clients."""

from dataclasses import dataclass, replace

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import Page
from doorward.core.oauth.ports import Clients
from doorward.core.oauth.records import Client


@dataclass(frozen=True, slots=True)
class MemoryClients(Clients):
    """Keeps clients."""

    access: Access

    def by_id(self, client_id: ClientId) -> Client | None:
        return self.access.tables.clients.get(client_id)

    def held(self, client_id: ClientId) -> Client | None:
        return self.by_id(client_id)  # units of work follow one another

    def add(self, client: Client) -> bool:
        kept = self.access.writable().clients
        return kept.setdefault(client.id, client) is client

    def replace(self, client: Client, *, expected: int) -> bool:
        kept = self.access.writable().clients
        before = kept.get(client.id)
        if before is None or before.version != expected:
            return False
        kept[client.id] = replace(client, created_at=before.created_at, version=expected + 1)
        return True

    def remove(self, client_id: ClientId) -> bool:
        return self.access.writable().clients.pop(client_id, None) is not None

    def page(self, *, after: ClientId | None = None, limit: int = 100) -> Page[Client]:
        kept = sorted(self.access.tables.clients.items())
        found = [client for client_id, client in kept if client_id > (after or "")][: limit + 1]
        return Page(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)
