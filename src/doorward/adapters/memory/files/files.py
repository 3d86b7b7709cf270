"""The records of kept files."""

from dataclasses import dataclass

from doorward.adapters.memory.tables import Access
from doorward.core.files.ports import Files
from doorward.core.files.records import File, FileId, Key, Purpose
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page


@dataclass(frozen=True, slots=True)
class MemoryFiles(Files):
    """Keeps the records of files."""

    access: Access

    def by_id(self, file_id: FileId) -> File | None:
        return self.access.tables.files.get(file_id)

    def avatar_of(self, account_id: AccountId) -> File | None:
        return next((file for file in self._own(account_id) if file.purpose is Purpose.AVATAR), None)

    def add(self, file: File) -> bool:
        kept = self.access.writable().files
        if file.id in kept or (file.purpose is Purpose.AVATAR and self.avatar_of(file.account_id)):
            return False
        kept[file.id] = file
        return True

    def remove(self, file_id: FileId) -> bool:
        return self.access.writable().files.pop(file_id, None) is not None

    def page(
        self, account_id: AccountId, *, purpose: Purpose | None = None, after: str | None = None, size: int = 50
    ) -> Page[File]:
        own = (file for file in self._own(account_id) if purpose is None or file.purpose is purpose)
        found = [file for file in own if file.id > (after or "")]
        items = tuple(found[:size])
        return Page(items, items[-1].id if len(found) > size else None)

    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        return sum(self.remove(file.id) for file in self._own(account_id)[:limit])

    def known(self, first: Key, last: Key) -> frozenset[Key]:
        return frozenset(file.key for file in self.access.tables.files.values() if first <= file.key <= last)

    def _own(self, account_id: AccountId) -> list[File]:
        own = (file for file in self.access.tables.files.values() if file.account_id == account_id)
        return sorted(own, key=lambda file: file.id)
