"""Password hashes."""

from dataclasses import dataclass

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.credentials.ports import Passwords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MongoPasswords(Passwords):
    """Keeps password hashes."""

    connection: Connection

    def of(self, account_id: AccountId) -> PasswordRecord | None:
        return _record(self.connection.one(tables.passwords, {"_id": account_id}))

    def held(self, account_id: AccountId) -> PasswordRecord | None:
        # Units of work go one after another: what is read in one is written by nobody else before it ends.
        return _record(self.connection.one(tables.passwords, {"_id": account_id}))

    def put(self, record: PasswordRecord) -> None:
        self.connection.put(
            tables.passwords,
            {"account_id": record.account_id, "hash": record.hash, "changed_at": micros(record.changed_at)},
        )

    def remove(self, account_id: AccountId) -> None:
        self.connection.remove(tables.passwords, {"_id": account_id})


def _record(document: Document | None) -> PasswordRecord | None:
    if document is None:
        return None
    return PasswordRecord(document["account_id"], document["hash"], moment(document["changed_at"]))
