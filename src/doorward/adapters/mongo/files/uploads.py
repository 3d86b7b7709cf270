"""Uploads on their way, and how much each account has."""

from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import micros, moment
from doorward.core.files.ports import Quotas, Uploads
from doorward.core.files.records import FileId, Key, Part, Upload
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MongoUploads(Uploads):
    """Keeps uploads and their parts."""

    connection: Connection

    def by_id(self, upload_id: FileId) -> Upload | None:
        kept = self.connection.one(tables.uploads, {"_id": upload_id})
        return None if kept is None else _upload(kept)

    def add(self, upload: Upload) -> None:
        self.connection.put(
            tables.uploads,
            {
                "id": upload.id,
                "account_id": upload.account_id,
                "name": upload.name,
                "length": upload.length,
                "created_at": micros(upload.created_at),
                "expires_at": micros(upload.expires_at),
                "offset": upload.offset,
                "parts": upload.parts,
            },
        )

    def advance(self, upload: Upload, part: Part, *, to: int) -> bool:
        standing = {"_id": upload.id, "offset": upload.offset}
        if not self.connection.change(tables.uploads, standing, {"offset": to, "parts": upload.parts + 1}):
            return False
        row = {"key": part.key, "upload_id": part.upload_id, "start": part.start, "size": part.size}
        self.connection.put(tables.upload_parts, row)
        return True

    def parts_of(self, upload_id: FileId) -> tuple[Part, ...]:
        found = self.connection.all(tables.upload_parts, {"upload_id": upload_id}, order=[("start", 1)])
        return tuple(map(_part, found))

    def remove(self, upload: Upload) -> bool:
        if not self.connection.remove(tables.uploads, {"_id": upload.id, "offset": upload.offset}):
            return False
        self.connection.remove(tables.upload_parts, {"upload_id": upload.id})
        return True

    def expired(self, now: datetime, *, limit: int) -> tuple[Upload, ...]:
        over = {"expires_at": {"$lte": micros(now)}}
        return tuple(map(_upload, self.connection.all(tables.uploads, over, order=[("expires_at", 1)], limit=limit)))

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        own = self.connection.all(tables.uploads, {"account_id": account_id}, order=[("id", 1)], limit=limit)
        ids = [kept["id"] for kept in own]
        self.connection.remove(tables.upload_parts, {"upload_id": {"$in": ids}})
        return len(self.connection.remove(tables.uploads, {"_id": {"$in": ids}}))

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        between = self.connection.all(tables.upload_parts, {"_id": {"$gte": first, "$lte": last}})
        return frozenset(Key(kept["key"]) for kept in between)


@dataclass(frozen=True, slots=True)
class MongoQuotas(Quotas):
    """Counts bytes."""

    connection: Connection

    def reserve(self, account_id: AccountId, size: int, *, quota: int) -> bool:
        used = self.used(account_id) + size
        if used > quota:
            return False
        self.connection.put(tables.quotas, {"account_id": account_id, "used": used})
        return True

    def release(self, account_id: AccountId, size: int) -> None:
        used = self.used(account_id)
        self.connection.change(tables.quotas, {"_id": account_id}, {"used": used - size})

    def used(self, account_id: AccountId) -> int:
        kept = self.connection.one(tables.quotas, {"_id": account_id})
        return 0 if kept is None else int(kept["used"])

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.remove(tables.quotas, {"_id": account_id})


def _upload(document: Document) -> Upload:
    return Upload(
        FileId(document["id"]),
        AccountId(document["account_id"]),
        document["name"],
        document["length"],
        moment(document["created_at"]),
        moment(document["expires_at"]),
        document["offset"],
        document["parts"],
    )


def _part(document: Document) -> Part:
    return Part(FileId(document["upload_id"]), Key(document["key"]), document["start"], document["size"])
