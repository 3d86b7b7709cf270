"""What the audit asks of the outside."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.audit.records import AddressKey, Entry, Head, Place, Search
from doorward.core.kernel.ids import AccountId


class AuditLog(Protocol):
    """Keeps the chain. Entries are appended in the same unit of work as the change that they tell of.

    An entry that somebody wrote past us may be one that cannot be read. It is handed out as `rules.unreadable`, so that
    whoever reads, searches or verifies the log goes on behind it and is shown where it stands.
    """

    @abstractmethod
    def head(self) -> Head:
        """Return the end of the chain, and keep others from continuing it until this unit of work ends."""

    @abstractmethod
    def append(self, entry: Entry) -> None:
        """Append the entry that continues `head`."""

    @abstractmethod
    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        """Return at most `limit` entries with a sequence above `after` in order, all or those about one account."""

    @abstractmethod
    def search(self, search: Search, *, before: Place | None = None, limit: int = 50) -> tuple[Entry, ...]:
        """Return at most `limit` entries that are what is searched for, and come before a place, the latest first.

        Account and kind together, or the first that is named of account, actor, address and kind, are looked up in an
        index; the rest is compared in what that finds. A page costs as much at the millionth entry as at the first.
        What stands at no time that there is, is found by its place in the chain alone.
        """


class AddressKeys(Protocol):
    """Keeps the daily keys of address pseudonyms."""

    @abstractmethod
    def of(self, day: str) -> AddressKey | None:
        """Return the key of a day."""

    @abstractmethod
    def add(self, key: AddressKey) -> bool:
        """Keep a day's key, and return True; when the day has one already, change nothing and return False."""

    @abstractmethod
    def destroy(self, due: datetime) -> int:
        """Destroy every key whose `destroy_at` is not after `due`, and return how many."""

    @abstractmethod
    def oldest(self) -> AddressKey | None:
        """Return the key with the earliest `destroy_at`."""


class HasAuditLog(Protocol):
    """A unit of work that reaches the audit log."""

    @property
    @abstractmethod
    def audit(self) -> AuditLog:
        """The audit log."""


class HasAddressKeys(Protocol):
    """A unit of work that reaches the daily address keys."""

    @property
    @abstractmethod
    def address_keys(self) -> AddressKeys:
        """The daily address keys."""
