"""The audit chain, and the daily keys of address pseudonyms."""

from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.audit.ports import AddressKeys, AuditLog
from doorward.core.audit.records import AddressKey, Entry, Head, Place, Search
from doorward.core.audit.rules import START, is_of, place_of
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MemoryAuditLog(AuditLog):
    """Keeps the chain."""

    access: Access

    def head(self) -> Head:
        length = len(self.access.tables.entries)
        return Head(length, self.access.tables.entries[length].link) if length else START

    def append(self, entry: Entry) -> None:
        entries = self.access.writable().entries
        if entry.sequence != len(entries) + 1:
            raise ValueError(f"entry {entry.sequence} does not continue the audit chain")
        entries[entry.sequence] = entry
        self.access.notes.audited.append(entry.event.kind)

    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        found = (
            entry
            for entry in self.access.tables.entries.values()
            if entry.sequence > after and account_id in (None, entry.event.account_id)
        )
        return tuple(found)[:limit]

    def search(self, search: Search, *, before: Place | None = None, limit: int = 50) -> tuple[Entry, ...]:
        found = [entry for entry in self.access.tables.entries.values() if is_of(search, entry)]
        earlier = [entry for entry in found if before is None or _order(place_of(entry)) < _order(before)]
        return tuple(sorted(earlier, key=lambda entry: _order(place_of(entry)), reverse=True)[:limit])


@dataclass(frozen=True, slots=True)
class MemoryAddressKeys(AddressKeys):
    """Keeps the daily keys of address pseudonyms."""

    access: Access

    def of(self, day: str) -> AddressKey | None:
        return self.access.tables.address_keys.get(day)

    def add(self, key: AddressKey) -> bool:
        return self.access.writable().address_keys.setdefault(key.day, key) is key

    def destroy(self, due: datetime) -> int:
        keys = self.access.writable().address_keys
        over = [key.day for key in keys.values() if key.destroy_at <= due]
        for day in over:
            del keys[day]
        return len(over)

    def oldest(self) -> AddressKey | None:
        return min(self.access.tables.address_keys.values(), key=lambda key: key.destroy_at, default=None)


def _order(place: Place) -> tuple[datetime, int]:
    return place.at, place.sequence
