"""Signing keys."""

from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.ports import SigningKeys
from doorward.core.keys.records import SigningKey


@dataclass(frozen=True, slots=True)
class MemorySigningKeys(SigningKeys):
    """Keeps the signing keys."""

    access: Access

    def all(self) -> tuple[SigningKey, ...]:
        return tuple(sorted(self.access.tables.signing_keys.values(), key=lambda key: (key.created_at, key.id)))

    def add(self, key: SigningKey) -> None:
        self.access.writable().signing_keys[key.id] = key

    def retire(self, key_id: KeyId, *, signs_until: datetime, ends_at: datetime) -> None:
        keys = self.access.writable().signing_keys
        if key_id in keys:
            keys[key_id] = replace(keys[key_id], signs_until=signs_until, ends_at=ends_at)

    def remove_ended(self, now: datetime) -> int:
        keys = self.access.writable().signing_keys
        over = [key.id for key in keys.values() if key.ends_at <= now]
        for key_id in over:
            del keys[key_id]
        return len(over)
