"""What the sessions of clients were granted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Order
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros
from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.documents import read_grant, written_grant
from doorward.core.oauth.ports import Grants
from doorward.core.oauth.records import Grant

_NEWEST_FIRST: Final[Order] = [("created_at", -1), ("_id", -1)]


@dataclass(frozen=True, slots=True)
class MongoGrants(Grants):
    """Keeps grants."""

    connection: Connection

    def of_session(self, session_id: SessionId) -> Grant | None:
        kept = self.connection.one(tables.grants, {"_id": session_id})
        return None if kept is None else read_grant(kept["document"])

    def of_account(self, account_id: AccountId, *, client_id: ClientId | None = None) -> tuple[Grant, ...]:
        to_client = {} if client_id is None else {"client_id": client_id}
        found = self.connection.all(tables.grants, {"account_id": account_id, **to_client}, order=_NEWEST_FIRST)
        return tuple(_read(found))

    def of_client(self, client_id: ClientId, *, limit: int) -> tuple[Grant, ...]:
        found = self.connection.all(tables.grants, {"client_id": client_id})
        sessions = {"_id": {"$in": [kept["session_id"] for kept in found]}}
        kept_sessions = {session["id"] for session in self.connection.all(tables.sessions, sessions)}
        return tuple(_read(kept for kept in found if kept["session_id"] in kept_sessions))[:limit]

    def add(self, grant: Grant) -> None:
        self.connection.put(
            tables.grants,
            {
                "session_id": grant.session_id,
                "client_id": grant.client_id,
                "account_id": grant.account_id,
                "created_at": micros(grant.created_at),
                "expires_at": micros(grant.expires_at),
                "document": written_grant(grant),
            },
        )

    def remove(self, session_id: SessionId) -> None:
        self.connection.remove(tables.grants, {"_id": session_id})

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.remove(tables.grants, {"account_id": account_id})

    def purge(self, before: datetime) -> int:
        return self.connection.purge(tables.grants, {"expires_at": {"$lt": micros(before)}})


def _read(found: Iterable[Document]) -> Iterable[Grant]:
    return (read_grant(kept["document"]) for kept in found)
