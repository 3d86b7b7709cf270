"""Whom other providers vouch for."""

from dataclasses import dataclass

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document, key_of
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.federation.ports import Identities
from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MongoIdentities(Identities):
    """Keeps identities.

    Their keys are issuer and subject with a slash between, and both may hold one: two that have the same key are not
    the same, and the second is not kept.
    """

    connection: Connection

    def of(self, issuer: str, subject: str) -> Identity | None:
        kept = self.connection.one(tables.identities, {"_id": key_of(issuer, subject)})
        found = None if kept is None else _identity(kept)
        return found if found is not None and (found.issuer, found.subject) == (issuer, subject) else None

    def of_account(self, account_id: AccountId) -> tuple[Identity, ...]:
        own = map(_identity, self.connection.all(tables.identities, {"account_id": account_id}))
        return tuple(sorted(own, key=lambda each: (each.linked_at, each.issuer, each.subject)))

    def add(self, identity: Identity) -> bool:
        if self.connection.one(tables.identities, {"_id": key_of(identity.issuer, identity.subject)}):
            return False
        self.connection.put(
            tables.identities,
            {
                "issuer": identity.issuer,
                "subject": identity.subject,
                "account_id": identity.account_id,
                "provider_id": identity.provider_id,
                "label": identity.label,
                "linked_at": micros(identity.linked_at),
            },
        )
        return True

    def remove(self, account_id: AccountId, issuer: str, subject: str) -> bool:
        own = {"_id": key_of(issuer, subject), "account_id": account_id, "issuer": issuer, "subject": subject}
        return bool(self.connection.remove(tables.identities, own))

    def remove_all(self, account_id: AccountId) -> int:
        return len(self.connection.remove(tables.identities, {"account_id": account_id}))


def _identity(document: Document) -> Identity:
    return Identity(
        document["issuer"],
        document["subject"],
        AccountId(document["account_id"]),
        document["provider_id"],
        document["label"],
        moment(document["linked_at"]),
    )
