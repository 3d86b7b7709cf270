"""The records of kept files."""

from dataclasses import dataclass

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.files.ports import Files
from doorward.core.files.records import File, FileId, Key, Purpose
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page


@dataclass(frozen=True, slots=True)
class MongoFiles(Files):
    """Keeps the records of files."""

    connection: Connection

    def by_id(self, file_id: FileId) -> File | None:
        kept = self.connection.one(tables.files, {"_id": file_id})
        return None if kept is None else _file(kept)

    def avatar_of(self, account_id: AccountId) -> File | None:
        kept = self.connection.one(tables.files, {"avatar_of": account_id})
        return None if kept is None else _file(kept)

    def add(self, file: File) -> bool:
        is_avatar = file.purpose is Purpose.AVATAR
        if self.by_id(file.id) or (is_avatar and self.avatar_of(file.account_id)):
            return False
        self.connection.put(
            tables.files,
            {
                "id": file.id,
                "account_id": file.account_id,
                "purpose": str(file.purpose),
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "key": file.key,
                "created_at": micros(file.created_at),
                "avatar_of": file.account_id if is_avatar else None,
            },
        )
        return True

    def remove(self, file_id: FileId) -> bool:
        return bool(self.connection.remove(tables.files, {"_id": file_id}))

    def page(
        self, account_id: AccountId, *, purpose: Purpose | None = None, after: str | None = None, size: int = 50
    ) -> Page[File]:
        own: Query = {"account_id": account_id, "id": {"$gt": after or ""}}
        if purpose is not None:
            own = {**own, "purpose": str(purpose)}
        found = self.connection.all(tables.files, own, order=[("id", 1)], limit=size + 1)
        items = tuple(map(_file, found[:size]))
        return Page(items, items[-1].id if len(found) > size else None)

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        own = self.connection.all(tables.files, {"account_id": account_id}, order=[("id", 1)], limit=limit)
        return len(self.connection.remove(tables.files, {"_id": {"$in": [kept["id"] for kept in own]}}))

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        between = self.connection.all(tables.files, {"key": {"$gte": first, "$lte": last}})
        return frozenset(Key(kept["key"]) for kept in between)


def _file(document: Document) -> File:
    return File(
        FileId(document["id"]),
        AccountId(document["account_id"]),
        Purpose(document["purpose"]),
        document["name"],
        document["media_type"],
        document["size"],
        bytes(document["sha256"]),
        Key(document["key"]),
        moment(document["created_at"]),
    )
