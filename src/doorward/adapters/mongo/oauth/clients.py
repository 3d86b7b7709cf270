"""Clients: each a document, beside it what it is found by."""

from dataclasses import dataclass, replace

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, micros_or_none
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import Page
from doorward.core.oauth.documents import read_client, written_client
from doorward.core.oauth.ports import Clients
from doorward.core.oauth.records import Client


@dataclass(frozen=True, slots=True)
class MongoClients(Clients):
    """Keeps clients."""

    connection: Connection

    def by_id(self, client_id: ClientId) -> Client | None:
        kept = self.connection.one(tables.clients, {"_id": client_id})
        return None if kept is None else read_client(kept["document"])

    def held(self, client_id: ClientId) -> Client | None:
        return self.by_id(client_id)  # units of work follow one another

    def add(self, client: Client) -> bool:
        if self.connection.one(tables.clients, {"_id": client.id}):
            return False
        columns = _changeable(client, written_client(client))
        self.connection.put(tables.clients, {"id": client.id, "created_at": micros(client.created_at), **columns})
        return True

    def replace(self, client: Client, *, expected: int) -> bool:
        of_version = {"_id": client.id, "version": expected}
        kept = self.connection.one(tables.clients, of_version)
        if kept is None:
            return False
        after = replace(client, version=expected + 1)
        columns = _changeable(after, written_client(after, over=kept["document"]))
        return bool(self.connection.change(tables.clients, of_version, columns))

    def remove(self, client_id: ClientId) -> bool:
        return bool(self.connection.remove(tables.clients, {"_id": client_id}))

    def page(self, *, after: ClientId | None = None, limit: int = 100) -> Page[Client]:
        found = self.connection.all(tables.clients, {"id": {"$gt": after or ""}}, order=[("_id", 1)], limit=limit + 1)
        clients = (read_client(kept["document"]) for kept in found[:limit])
        is_last = len(found) <= limit
        next_after = None if is_last else found[limit - 1]["id"]
        return Page(tuple(client for client in clients if client is not None), next_after)


def _changeable(client: Client, document: str) -> Document:
    return {
        "name": client.name,
        "document": document,
        "disabled_at": micros_or_none(client.disabled_at),
        "version": client.version,
    }
