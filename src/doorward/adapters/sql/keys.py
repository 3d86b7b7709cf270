"""Signing keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.ports import SigningKeys
from doorward.core.keys.records import Algorithm, SigningKey

_K = tables.signing_keys.c

_ALL = Statement(select(tables.signing_keys).order_by(_K.created_at, _K.id))
_ADD = Statement(insert(tables.signing_keys))
_RETIRE = Statement(
    update(tables.signing_keys)
    .where(_K.id == given("key_id"))
    .values(signs_until=given("signs_until"), ends_at=given("ends_at"))
)
_REMOVE_ENDED = Statement(delete(tables.signing_keys).where(_K.ends_at <= given("now")))


@dataclass(frozen=True, slots=True)
class SqlSigningKeys(SigningKeys):
    """Keeps the signing keys."""

    connection: Connection

    def all(self) -> tuple[SigningKey, ...]:
        return tuple(_key(row) for row in self.connection.all(_ALL))

    def add(self, key: SigningKey) -> None:
        self.connection.change(
            _ADD,
            id=key.id,
            algorithm=key.algorithm.value,
            public_jwk=key.public_jwk,
            sealed_private=key.sealed_private,
            created_at=micros(key.created_at),
            signs_from=micros(key.signs_from),
            signs_until=micros(key.signs_until),
            ends_at=micros(key.ends_at),
        )

    def retire(self, key_id: KeyId, *, signs_until: datetime, ends_at: datetime) -> None:
        self.connection.change(_RETIRE, key_id=key_id, signs_until=micros(signs_until), ends_at=micros(ends_at))

    def remove_ended(self, now: datetime) -> int:
        return self.connection.change(_REMOVE_ENDED, now=micros(now))


def _key(row: Row) -> SigningKey:
    return SigningKey(
        id=row[0],
        algorithm=Algorithm(row[1]),
        public_jwk=row[2],
        sealed_private=row[3],
        created_at=moment(row[4]),
        signs_from=moment(row[5]),
        signs_until=moment(row[6]),
        ends_at=moment(row[7]),
    )
