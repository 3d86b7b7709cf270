"""Password hashes."""

from dataclasses import dataclass

from doorward.adapters.memory.tables import Access
from doorward.core.credentials.ports import Passwords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MemoryPasswords(Passwords):
    """Keeps password hashes."""

    access: Access

    def of(self, account_id: AccountId) -> PasswordRecord | None:
        return self.access.tables.passwords.get(account_id)

    def held(self, account_id: AccountId) -> PasswordRecord | None:
        return self.access.writable().passwords.get(account_id)

    def put(self, record: PasswordRecord) -> None:
        self.access.writable().passwords[record.account_id] = record

    def remove(self, account_id: AccountId) -> None:
        self.access.writable().passwords.pop(account_id, None)
