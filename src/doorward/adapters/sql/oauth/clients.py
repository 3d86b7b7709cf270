"""Clients: each a document, beside it what it is found by."""

from dataclasses import dataclass, replace

from sqlalchemy import delete, select, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection
from doorward.adapters.sql.engine.statement import Statement, Value, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, micros_or_none
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import Page
from doorward.core.oauth.documents import read_client, written_client
from doorward.core.oauth.ports import Clients
from doorward.core.oauth.records import Client

_C = tables.clients.c

_BY_ID = Statement(select(_C.document).where(_C.id == given("id")))
_HELD = Statement(select(_C.document).where(_C.id == given("id")).with_for_update(read=True))
_ADD = insert_unless_taken(tables.clients)
_OF_VERSION = Statement(select(_C.document).where(_C.id == given("id"), _C.version == given("version")))
_REPLACE = Statement(
    update(tables.clients)
    .where(_C.id == given("client_id"), _C.version == given("expected_version"))
    .values(
        name=given("name"),
        document=given("document"),
        disabled_at=given("disabled_at"),
        version=given("version"),
    )
)
_REMOVE = Statement(delete(tables.clients).where(_C.id == given("id")))
_PAGE = Statement(select(_C.id, _C.document).where(_C.id > given("after")).order_by(_C.id).limit(given("limit")))


@dataclass(frozen=True, slots=True)
class SqlClients(Clients):
    """Keeps clients."""

    connection: Connection

    def by_id(self, client_id: ClientId) -> Client | None:
        row = self.connection.one(_BY_ID, id=client_id)
        return None if row is None else read_client(row[0])

    def held(self, client_id: ClientId) -> Client | None:
        # SQLite has one writer at a time and no clause for it; there this is a plain SELECT in the writer's turn.
        rows = self.connection.take(_HELD, id=client_id)
        return read_client(rows[0][0]) if rows else None

    def add(self, client: Client) -> bool:
        columns = _changeable(client, written_client(client))
        return self.connection.change(_ADD, id=client.id, created_at=micros(client.created_at), **columns) == 1

    def replace(self, client: Client, *, expected: int) -> bool:
        row = self.connection.one(_OF_VERSION, id=client.id, version=expected)
        if row is None:
            return False
        after = replace(client, version=expected + 1)
        columns = _changeable(after, written_client(after, over=row[0]))
        return self.connection.change(_REPLACE, client_id=client.id, expected_version=expected, **columns) == 1

    def remove(self, client_id: ClientId) -> bool:
        return self.connection.change(_REMOVE, id=client_id) == 1

    def page(self, *, after: ClientId | None = None, limit: int = 100) -> Page[Client]:
        rows = self.connection.all(_PAGE, after=after or "", limit=limit + 1)
        clients = (read_client(document) for _, document in rows[:limit])
        is_last = len(rows) <= limit
        return Page(tuple(client for client in clients if client is not None), None if is_last else rows[limit - 1][0])


def _changeable(client: Client, document: str) -> dict[str, Value]:
    return {
        "name": client.name,
        "document": document,
        "disabled_at": micros_or_none(client.disabled_at),
        "version": client.version,
    }
