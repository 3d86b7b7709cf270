"""One-time artefacts, each given away at most once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, null, select, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row, away
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.adapters.sql.engine.values import (
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

_O = tables.onetimes.c
_RACES: Final = 64
"""How often an artefact may come second. Each time somebody else's was added, and only so many add at one moment."""

_RETIRE_CODE = Statement(
    update(tables.onetimes)
    .where(_O.address_key == given("of_address"), _O.purpose == given("purpose"))
    .values(address_key=null(), code_digest=null(), code_expires_at=null())
)
_ADD = insert_unless_taken(tables.onetimes, by=tables.one_code)
_SPEND = insert_unless_taken(tables.onetimes)
_LIVE = (_O.digest == given("digest"), _O.purpose == given("purpose"), _O.expires_at > given("now"))
_PEEK = Statement(select(tables.onetimes).where(*_LIVE))
_CONSUME = Statement(delete(tables.onetimes).where(*_LIVE).returning(tables.onetimes))
_REPLACE = Statement(
    update(tables.onetimes)
    .where(
        _O.digest == given("of_digest"),
        _O.purpose == given("of_purpose"),
        _O.expires_at > given("now"),
        _O.payload == given("expected"),
    )
    .values(subject=given("subject"), payload=given("payload"))
)
_TRY_CODE = Statement(
    update(tables.onetimes)
    .where(
        _O.address_key == given("of_address"),
        _O.purpose == given("purpose"),
        _O.tries < CODE_TRIES,
        _O.code_expires_at > given("now"),
        _O.expires_at > given("now"),
    )
    .values(tries=_O.tries + 1)
    .returning(_O.digest, _O.code_digest)
)
_DISCARD = Statement(delete(tables.onetimes).where(_O.subject == given("subject")))
_DISCARD_OF = Statement(delete(tables.onetimes).where(_O.subject == given("subject"), _O.purpose == given("purpose")))
_COUNT = Statement(
    select(func.count())
    .select_from(tables.onetimes)
    .where(_O.purpose == given("purpose"), _O.expires_at > given("now"))
)
_PURGE = Statement(delete(tables.onetimes).where(_O.expires_at < given("before")))
_PURGE_OF = Statement(delete(tables.onetimes).where(_O.expires_at < given("before"), _O.purpose == given("purpose")))


@dataclass(frozen=True, slots=True)
class SqlOneTimes(OneTimes):
    """Keeps one-time artefacts. One that was consumed is gone."""

    connection: Connection

    def add(self, artefact: OneTime) -> None:
        for _ in range(_RACES):
            if artefact.address_key is not None:
                self.connection.change(_RETIRE_CODE, of_address=artefact.address_key, purpose=artefact.purpose.value)
            if self._insert(artefact, _ADD):
                return
        raise away()

    def consume(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        rows = self.connection.take(_CONSUME, purpose=purpose.value, digest=digest, now=micros(now))
        return _artefact(rows[0]) if rows else None

    def peek(self, purpose: Purpose, digest: bytes, *, now: datetime) -> OneTime | None:
        row = self.connection.one(_PEEK, purpose=purpose.value, digest=digest, now=micros(now))
        return None if row is None else _artefact(row)

    def replace(self, artefact: OneTime, *, expected: OneTime, now: datetime) -> bool:
        written = self.connection.change(
            _REPLACE,
            of_digest=artefact.digest,
            of_purpose=artefact.purpose.value,
            now=micros(now),
            expected=text_of(expected.payload),
            subject=artefact.subject,
            payload=text_of(artefact.payload),
        )
        return written == 1

    def consume_code(self, purpose: Purpose, address_key: str, *, code_digest: bytes, now: datetime) -> OneTime | None:
        # The try is counted before the code is looked at, so that guesses made at once cannot pass the limit together.
        tried = self.connection.take(_TRY_CODE, of_address=address_key, purpose=purpose.value, now=micros(now))
        if not tried or not same(tried[0][1], code_digest):
            return None
        return self.consume(purpose, tried[0][0], now=now)

    def spend(self, purpose: Purpose, digest: bytes, *, until: datetime, now: datetime) -> bool:
        spent = OneTime(purpose, spent_key(purpose, digest), "", created_at=now, expires_at=until)
        return now < until and self._insert(spent, _SPEND)

    def discard(self, subject: str, purpose: Purpose | None = None) -> int:
        if purpose is None:
            return self.connection.change(_DISCARD, subject=subject)
        return self.connection.change(_DISCARD_OF, subject=subject, purpose=purpose.value)

    def live(self, purpose: Purpose, *, now: datetime) -> int:
        row = self.connection.one(_COUNT, purpose=purpose.value, now=micros(now))
        return row[0] if row else 0

    def purge(self, before: datetime, purpose: Purpose | None = None) -> int:
        if purpose is None:
            return self.connection.change(_PURGE, before=micros(before))
        return self.connection.change(_PURGE_OF, before=micros(before), purpose=purpose.value)

    def _insert(self, artefact: OneTime, statement: Statement) -> bool:
        written = self.connection.change(
            statement,
            digest=artefact.digest,
            purpose=artefact.purpose.value,
            subject=artefact.subject,
            created_at=micros(artefact.created_at),
            expires_at=micros(artefact.expires_at),
            payload=text_of(artefact.payload),
            address_key=artefact.address_key,
            code_digest=artefact.code_digest,
            code_expires_at=micros_or_none(artefact.code_expires_at),
            tries=0,
        )
        return written == 1


def _artefact(row: Row) -> OneTime:
    return OneTime(
        digest=row[0],
        purpose=Purpose(row[1]),
        subject=row[2],
        created_at=moment(row[3]),
        expires_at=moment(row[4]),
        payload=mapping_of(row[5]),
        address_key=row[6],
        code_digest=row[7],
        code_expires_at=moment_or_none(row[8]),
    )
