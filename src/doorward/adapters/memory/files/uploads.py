"""Uploads on their way, and how much each account has."""

from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.files.ports import Quotas, Uploads
from doorward.core.files.records import FileId, Key, Part, Upload
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MemoryUploads(Uploads):
    """Keeps uploads and their parts."""

    access: Access

    def by_id(self, upload_id: FileId) -> Upload | None:
        return self.access.tables.uploads.get(upload_id)

    def add(self, upload: Upload) -> None:
        self.access.writable().uploads[upload.id] = upload

    def advance(self, upload: Upload, part: Part, *, to: int) -> bool:
        tables = self.access.writable()
        kept = tables.uploads.get(upload.id)
        if kept is None or kept.offset != upload.offset:
            return False
        tables.uploads[upload.id] = replace(kept, offset=to, parts=kept.parts + 1)
        tables.upload_parts[part.key] = part
        return True

    def parts_of(self, upload_id: FileId) -> tuple[Part, ...]:
        own = (part for part in self.access.tables.upload_parts.values() if part.upload_id == upload_id)
        return tuple(sorted(own, key=lambda part: part.start))

    def remove(self, upload: Upload) -> bool:
        tables = self.access.writable()
        kept = tables.uploads.get(upload.id)
        if kept is None or kept.offset != upload.offset:
            return False
        self._remove(kept)
        return True

    def expired(self, now: datetime, *, limit: int) -> tuple[Upload, ...]:
        over = (upload for upload in self.access.tables.uploads.values() if upload.expires_at <= now)
        return tuple(sorted(over, key=lambda upload: upload.expires_at)[:limit])

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        own = [upload for upload in self.access.writable().uploads.values() if upload.account_id == account_id][:limit]
        for upload in own:
            self._remove(upload)
        return len(own)

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        return frozenset(key for key in self.access.tables.upload_parts if first <= key <= last)

    def _remove(self, upload: Upload) -> None:
        tables = self.access.writable()
        for part in self.parts_of(upload.id):
            del tables.upload_parts[part.key]
        del tables.uploads[upload.id]


@dataclass(frozen=True, slots=True)
class MemoryQuotas(Quotas):
    """Counts bytes."""

    access: Access

    def reserve(self, account_id: AccountId, size: int, *, quota: int) -> bool:
        used = self.used(account_id) + size
        if used > quota:
            return False
        self.access.writable().quotas[account_id] = used
        return True

    def release(self, account_id: AccountId, size: int) -> None:
        kept = self.access.writable().quotas
        if account_id in kept:
            kept[account_id] -= size

    def used(self, account_id: AccountId) -> int:
        return self.access.tables.quotas.get(account_id, 0)

    def remove_all(self, account_id: AccountId) -> None:
        self.access.writable().quotas.pop(account_id, None)
