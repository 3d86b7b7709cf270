"""What people consented to."""

from dataclasses import dataclass

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document, key_of
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.ports import Consents
from doorward.core.oauth.records import Consent


@dataclass(frozen=True, slots=True)
class MongoConsents(Consents):
    """Keeps consents."""

    connection: Connection

    def of(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        kept = self.connection.one(tables.consents, {"_id": key_of(account_id, client_id)})
        return None if kept is None else _consent(kept)

    def of_account(self, account_id: AccountId) -> tuple[Consent, ...]:
        order = [("granted_at", -1), ("client_id", -1)]
        found = self.connection.all(tables.consents, {"account_id": account_id}, order=order)
        return tuple(_consent(kept) for kept in found)

    def of_client(self, client_id: ClientId, *, after: AccountId | None = None, limit: int = 50) -> tuple[Consent, ...]:
        query = {"client_id": client_id, "account_id": {"$gt": after or ""}}
        found = self.connection.all(tables.consents, query, order=[("account_id", 1)], limit=limit)
        return tuple(_consent(kept) for kept in found)

    def put(self, consent: Consent) -> None:
        self.connection.put(
            tables.consents,
            {
                "account_id": consent.account_id,
                "client_id": consent.client_id,
                "scope": consent.scope,
                "granted_at": micros(consent.granted_at),
            },
        )

    def remove(self, account_id: AccountId, client_id: ClientId) -> bool:
        return bool(self.connection.remove(tables.consents, {"_id": key_of(account_id, client_id)}))

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.remove(tables.consents, {"account_id": account_id})

    def remove_client(self, client_id: ClientId) -> int:
        return len(self.connection.remove(tables.consents, {"client_id": client_id}))


def _consent(kept: Document) -> Consent:
    return Consent(kept["account_id"], kept["client_id"], kept["scope"], moment(kept["granted_at"]))
