"""Uploads on their way, and how much each account has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import CompilerElement

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.files.ports import Quotas, Uploads
from doorward.core.files.records import FileId, Key, Part, Upload
from doorward.core.kernel.ids import AccountId

_U = tables.uploads.c
_P = tables.upload_parts.c
_Q = tables.quotas.c

_OF_ID = Statement(select(tables.uploads).where(_U.id == given("id")))
_ADD = Statement(insert(tables.uploads))
_ADVANCE = Statement(
    update(tables.uploads)
    .where(_U.id == given("of_id"), _U.offset == given("expected_offset"))
    .values(offset=given("to"), parts=_U.parts + 1)
)
_ADD_PART = Statement(insert(tables.upload_parts))
_PARTS_OF = Statement(select(tables.upload_parts).where(_P.upload_id == given("upload_id")).order_by(_P.start))
_REMOVE = Statement(delete(tables.uploads).where(_U.id == given("id"), _U.offset == given("offset")))
_REMOVE_PARTS = Statement(delete(tables.upload_parts).where(_P.upload_id == given("upload_id")))
_EXPIRED = Statement(
    select(tables.uploads).where(_U.expires_at <= given("now")).order_by(_U.expires_at).limit(given("limit"))
)
_SOME = Statement(select(_U.id).where(_U.account_id == given("account_id")).order_by(_U.id).limit(given("limit")))
_REMOVE_ANYWHERE = Statement(delete(tables.uploads).where(_U.id == given("id")))
_KNOWN = Statement(select(_P.key).where(_P.key >= given("first"), _P.key <= given("last")))


def _reserve() -> Statement:
    """Return an INSERT that counts on what is there, and writes nothing when that would be too much."""
    added = sqlite.insert(tables.quotas).values(account_id=given("account_id"), used=given("size"))
    sum_ = _Q.used + added.excluded.used
    counted = added.on_conflict_do_update(
        index_elements=[_Q.account_id], set_={"used": sum_}, where=sum_ <= given("quota")
    )

    def for_postgresql() -> CompilerElement:
        from sqlalchemy.dialects.postgresql import insert as insert_there  # noqa: PLC0415 (a store in a file needs none)

        added = insert_there(tables.quotas).values(account_id=given("account_id"), used=given("size"))
        sum_ = _Q.used + added.excluded.used
        return added.on_conflict_do_update(
            index_elements=[_Q.account_id], set_={"used": sum_}, where=sum_ <= given("quota")
        )

    return Statement(counted, for_postgresql)


_RESERVE = _reserve()
_RELEASE = Statement(
    update(tables.quotas).where(_Q.account_id == given("of_account")).values(used=_Q.used - given("size"))
)
_USED = Statement(select(_Q.used).where(_Q.account_id == given("account_id")))
_FORGET = Statement(delete(tables.quotas).where(_Q.account_id == given("account_id")))


@dataclass(frozen=True, slots=True)
class SqlUploads(Uploads):
    """Keeps uploads and their parts."""

    connection: Connection

    def by_id(self, upload_id: FileId) -> Upload | None:
        row = self.connection.one(_OF_ID, id=upload_id)
        return None if row is None else _upload(row)

    def add(self, upload: Upload) -> None:
        self.connection.change(
            _ADD,
            id=upload.id,
            account_id=upload.account_id,
            name=upload.name,
            length=upload.length,
            created_at=micros(upload.created_at),
            expires_at=micros(upload.expires_at),
            offset=upload.offset,
            parts=upload.parts,
        )

    def advance(self, upload: Upload, part: Part, *, to: int) -> bool:
        if not self.connection.change(_ADVANCE, of_id=upload.id, expected_offset=upload.offset, to=to):
            return False
        self.connection.change(_ADD_PART, key=part.key, upload_id=part.upload_id, start=part.start, size=part.size)
        return True

    def parts_of(self, upload_id: FileId) -> tuple[Part, ...]:
        return tuple(map(_part, self.connection.all(_PARTS_OF, upload_id=upload_id)))

    def remove(self, upload: Upload) -> bool:
        if not self.connection.change(_REMOVE, id=upload.id, offset=upload.offset):
            return False
        self.connection.change(_REMOVE_PARTS, upload_id=upload.id)
        return True

    def expired(self, now: datetime, *, limit: int) -> tuple[Upload, ...]:
        return tuple(map(_upload, self.connection.all(_EXPIRED, now=micros(now), limit=limit)))

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        rows = self.connection.all(_SOME, account_id=account_id, limit=limit)
        for (upload_id,) in rows:
            self.connection.change(_REMOVE_ANYWHERE, id=upload_id)
            self.connection.change(_REMOVE_PARTS, upload_id=upload_id)
        return len(rows)

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        return frozenset(Key(row[0]) for row in self.connection.all(_KNOWN, first=first, last=last))


@dataclass(frozen=True, slots=True)
class SqlQuotas(Quotas):
    """Counts bytes."""

    connection: Connection

    def reserve(self, account_id: AccountId, size: int, *, quota: int) -> bool:
        if size > quota:
            return False
        return self.connection.change(_RESERVE, account_id=account_id, size=size, quota=quota) == 1

    def release(self, account_id: AccountId, size: int) -> None:
        self.connection.change(_RELEASE, of_account=account_id, size=size)

    def used(self, account_id: AccountId) -> int:
        row = self.connection.one(_USED, account_id=account_id)
        return 0 if row is None else row[0]

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.change(_FORGET, account_id=account_id)


def _upload(row: Row) -> Upload:
    return Upload(
        FileId(row[0]),
        AccountId(row[1]),
        row[2],
        row[3],
        moment(row[4]),
        moment(row[5]),
        row[6],
        row[7],
    )


def _part(row: Row) -> Part:
    return Part(FileId(row[1]), Key(row[0]), row[2], row[3])
