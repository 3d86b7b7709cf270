"""Which account has which role."""

from dataclasses import dataclass

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import key_of
from doorward.core.access.ports import Roles
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MongoRoles(Roles):
    """Keeps which account has which role."""

    connection: Connection

    def of(self, account_id: AccountId) -> tuple[str, ...]:
        found = self.connection.all(tables.roles, {"account_id": account_id})
        return tuple(sorted(document["role"] for document in found))

    def grant(self, account_id: AccountId, role: str) -> bool:
        self.connection.notes.accounts.add(account_id)
        if self.connection.one(tables.roles, {"_id": key_of(account_id, role)}):
            return False
        self.connection.put(tables.roles, {"account_id": account_id, "role": role})
        return True

    def revoke(self, account_id: AccountId, role: str) -> bool:
        self.connection.notes.accounts.add(account_id)
        return bool(self.connection.remove(tables.roles, {"_id": key_of(account_id, role)}))

    def holders(self, role: str) -> int:
        return self.connection.count(tables.roles, {"role": role})

    def held_by(self, role: str, *, limit: int) -> tuple[AccountId, ...]:
        found = self.connection.all(tables.roles, {"role": role}, order=[("account_id", 1)], limit=limit)
        return tuple(document["account_id"] for document in found)

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.remove(tables.roles, {"account_id": account_id})
