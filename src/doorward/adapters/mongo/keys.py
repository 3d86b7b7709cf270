"""Signing keys."""

from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.ports import SigningKeys
from doorward.core.keys.records import Algorithm, SigningKey


@dataclass(frozen=True, slots=True)
class MongoSigningKeys(SigningKeys):
    """Keeps the signing keys."""

    connection: Connection

    def all(self) -> tuple[SigningKey, ...]:
        found = self.connection.all(tables.signing_keys, {}, order=[("created_at", 1), ("_id", 1)])
        return tuple(_key(document) for document in found)

    def add(self, key: SigningKey) -> None:
        self.connection.put(
            tables.signing_keys,
            {
                "id": key.id,
                "algorithm": key.algorithm.value,
                "public_jwk": key.public_jwk,
                "sealed_private": key.sealed_private,
                "created_at": micros(key.created_at),
                "signs_from": micros(key.signs_from),
                "signs_until": micros(key.signs_until),
                "ends_at": micros(key.ends_at),
            },
        )

    def retire(self, key_id: KeyId, *, signs_until: datetime, ends_at: datetime) -> None:
        ends = {"signs_until": micros(signs_until), "ends_at": micros(ends_at)}
        self.connection.change(tables.signing_keys, {"_id": key_id}, ends)

    def remove_ended(self, now: datetime) -> int:
        return len(self.connection.remove(tables.signing_keys, {"ends_at": {"$lte": micros(now)}}))


def _key(document: Document) -> SigningKey:
    return SigningKey(
        id=document["id"],
        algorithm=Algorithm(document["algorithm"]),
        public_jwk=document["public_jwk"],
        sealed_private=document["sealed_private"],
        created_at=moment(document["created_at"]),
        signs_from=moment(document["signs_from"]),
        signs_until=moment(document["signs_until"]),
        ends_at=moment(document["ends_at"]),
    )
