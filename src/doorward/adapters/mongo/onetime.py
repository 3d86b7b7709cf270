"""One-time artefacts, each given away at most once."""

from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document, key_of
from doorward.adapters.mongo.engine.values import (
    mapping_of,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    text_of,
)
from doorward.core.kernel.secrets import same
from doorward.core.onetime.ports import OneTimes
from doorward.core.onetime.records import CODE_TRIES, OneTime, Purpose
from doorward.core.onetime.rules import spent_key


@dataclass(frozen=True, slots=True)
class MongoOneTimes(OneTimes):
    """Keeps one-time artefacts. Of one that was consumed only its digest stays, so that it cannot come back."""

    connection: Connection

    def add(self, artefact: OneTime) -> None:
        if artefact.address_key is not None:
            with_code = {"address_key": artefact.address_key, "purpose": artefact.purpose.value}
            no_code = {"address_key": None, "code_digest": None, "code_expires_at": None}
            self.connection.change(tables.onetimes, with_code, no_code)
        self._insert(artefact)

    def consume(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        removed = self.connection.remove(tables.onetimes, _live(purpose, digest, now))
        return _artefact(removed[0]) if removed else None

    def peek(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        document = self.connection.one(tables.onetimes, _live(purpose, digest, now))
        return None if document is None else _artefact(document)

    def replace(self, artefact: OneTime, *, expected: OneTime, now: datetime) -> bool:
        unchanged = {**_live(artefact.purpose, artefact.digest, now), "payload": text_of(expected.payload)}
        after = {"subject": artefact.subject, "payload": text_of(artefact.payload)}
        return len(self.connection.change(tables.onetimes, unchanged, after)) == 1

    def consume_code(self, purpose: Purpose, address_key: str, *, code_digest: bytes, now: datetime) -> OneTime | None:
        # The try is counted before the code is looked at, as the port asks; units go one after another all the same.
        tried = self.connection.one(tables.onetimes, _live_code(purpose, address_key, now))
        if tried is None:
            return None
        self.connection.change(tables.onetimes, {"_id": tried["_id"]}, {"tries": tried["tries"] + 1})
        if not same(tried["code_digest"], code_digest):
            return None
        return self.consume(purpose, tried["digest"], now=now)

    def spend(self, purpose: Purpose, digest: bytes, *, until: datetime, now: datetime) -> bool:
        spent = OneTime(purpose, spent_key(purpose, digest), "", created_at=now, expires_at=until)
        if until <= now or self.connection.one(tables.onetimes, {"_id": key_of(spent.digest)}):
            return False
        self._insert(spent)
        return True

    def discard(self, subject: str, purpose: Purpose | None = None) -> int:
        about: Query = {"subject": subject, **({} if purpose is None else {"purpose": purpose.value})}
        return len(self.connection.remove(tables.onetimes, about))

    def live(self, purpose: Purpose, *, now: datetime) -> int:
        return self.connection.count(tables.onetimes, {"purpose": purpose.value, "expires_at": {"$gt": micros(now)}})

    def purge(self, before: datetime, purpose: Purpose | None = None) -> int:
        of_purpose: Query = {} if purpose is None else {"purpose": purpose.value}
        return self.connection.purge(tables.onetimes, {"expires_at": {"$lt": micros(before)}, **of_purpose})

    def _insert(self, artefact: OneTime) -> None:
        self.connection.put(
            tables.onetimes,
            {
                "digest": artefact.digest,
                "purpose": artefact.purpose.value,
                "subject": artefact.subject,
                "created_at": micros(artefact.created_at),
                "expires_at": micros(artefact.expires_at),
                "payload": text_of(artefact.payload),
                "address_key": artefact.address_key,
                "code_digest": artefact.code_digest,
                "code_expires_at": micros_or_none(artefact.code_expires_at),
                "tries": 0,
            },
        )


def _live(purpose: Purpose, digest: bytes, now: datetime) -> Query:
    return {"_id": key_of(digest), "purpose": purpose.value, "expires_at": {"$gt": micros(now)}}


def _live_code(purpose: Purpose, address_key: str, now: datetime) -> Query:
    return {
        "address_key": address_key,
        "purpose": purpose.value,
        "tries": {"$lt": CODE_TRIES},
        "code_expires_at": {"$gt": micros(now)},
        "expires_at": {"$gt": micros(now)},
    }


def _artefact(document: Document) -> OneTime:
    return OneTime(
        digest=document["digest"],
        purpose=Purpose(document["purpose"]),
        subject=document["subject"],
        created_at=moment(document["created_at"]),
        expires_at=moment(document["expires_at"]),
        payload=mapping_of(document["payload"]),
        address_key=document["address_key"],
        code_digest=document["code_digest"],
        code_expires_at=moment_or_none(document["code_expires_at"]),
    )
