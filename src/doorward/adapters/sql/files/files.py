"""The records of kept files."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, Value, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.files.ports import Files
from doorward.core.files.records import File, FileId, Key, Purpose
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page

_F = tables.files.c

_OF_ID = Statement(select(tables.files).where(_F.id == given("id")))
_AVATAR_OF = Statement(select(tables.files).where(_F.avatar_of == given("account_id")))
_ADD = insert_unless_taken(tables.files)
_REMOVE = Statement(delete(tables.files).where(_F.id == given("id")))
_SOME = tables.files.alias("some")
_REMOVE_SOME = Statement(
    delete(tables.files).where(
        _F.id.in_(
            select(_SOME.c.id)
            .where(_SOME.c.account_id == given("account_id"))
            .order_by(_SOME.c.id)
            .limit(given("limit"))
        )
    )
)
_OWN = select(tables.files).where(_F.account_id == given("account_id"), _F.id > given("after"))
_PAGE = Statement(_OWN.order_by(_F.id).limit(given("limit")))
_PAGE_FOR = Statement(_OWN.where(_F.purpose == given("purpose")).order_by(_F.id).limit(given("limit")))
_KNOWN = Statement(select(_F.key).where(_F.key >= given("first"), _F.key <= given("last")))


@dataclass(frozen=True, slots=True)
class SqlFiles(Files):
    """Keeps the records of files."""

    connection: Connection

    def by_id(self, file_id: FileId) -> File | None:
        row = self.connection.one(_OF_ID, id=file_id)
        return None if row is None else _file(row)

    def avatar_of(self, account_id: AccountId) -> File | None:
        row = self.connection.one(_AVATAR_OF, account_id=account_id)
        return None if row is None else _file(row)

    def add(self, file: File) -> bool:
        added = self.connection.change(
            _ADD,
            id=file.id,
            account_id=file.account_id,
            purpose=file.purpose,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            key=file.key,
            created_at=micros(file.created_at),
            avatar_of=file.account_id if file.purpose is Purpose.AVATAR else None,
        )
        return added == 1

    def remove(self, file_id: FileId) -> bool:
        return self.connection.change(_REMOVE, id=file_id) == 1

    def page(
        self, account_id: AccountId, *, purpose: Purpose | None = None, after: str | None = None, size: int = 50
    ) -> Page[File]:
        values: dict[str, Value] = {"account_id": account_id, "after": after or "", "limit": size + 1}
        if purpose is None:
            rows = self.connection.all(_PAGE, **values)
        else:
            rows = self.connection.all(_PAGE_FOR, purpose=purpose, **values)
        items = tuple(map(_file, rows[:size]))
        return Page(items, items[-1].id if len(rows) > size else None)

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        return self.connection.change(_REMOVE_SOME, account_id=account_id, limit=limit)

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        return frozenset(Key(row[0]) for row in self.connection.all(_KNOWN, first=first, last=last))


def _file(row: Row) -> File:
    return File(
        FileId(row[0]),
        AccountId(row[1]),
        Purpose(row[2]),
        row[3],
        row[4],
        row[5],
        bytes(row[6]),
        Key(row[7]),
        moment(row[8]),
    )
