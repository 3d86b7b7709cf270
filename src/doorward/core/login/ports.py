"""What signing in asks of the outside."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.login.records import Attempts, Device


class AttemptBook(Protocol):
    """Keeps failed attempts. Losing one would give an attacker guesses back, so it is as durable as the accounts."""

    @abstractmethod
    def of(self, key: str) -> Attempts:
        """Return the record of a key; one with version 0 when there is none."""

    @abstractmethod
    def put(self, attempts: Attempts, *, expected_version: int) -> bool:
        """Write the record with the next version if the stored one still has `expected_version`, and return True."""

    @abstractmethod
    def forget(self, key: str) -> None:
        """Remove the record of a key."""

    @abstractmethod
    def ahead(
        self, now: datetime, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[Attempts, ...]:
        """Return at most `limit` records of accounts whose latest moment is ahead of `now`, the furthest ahead first.

        Those are the ones that may be suspended. `before` is that moment and the key of the last one of a page before.
        """

    @abstractmethod
    def at_ceiling(self, *, after: str = "", limit: int = 50) -> tuple[Attempts, ...]:
        """Return at most `limit` records of accounts that have reached the ceiling, in the order of their keys."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove records of unknown names that were last written before `before`, and return how many.

        Their keys begin with `?`. Records of accounts stay, however many names an attacker makes up.
        """


class Devices(Protocol):
    """Keeps known devices."""

    @abstractmethod
    def add(self, device: Device) -> None:
        """Keep a device."""

    @abstractmethod
    def is_known(self, account_id: AccountId, device_id: DeviceId, *, now: datetime) -> bool:
        """Tell whether the device is still one of the account's."""

    @abstractmethod
    def forget(self, account_id: AccountId, device_id: DeviceId) -> bool:
        """Remove a device, and tell whether it was there."""

    @abstractmethod
    def forget_all(self, account_id: AccountId) -> int:
        """Remove every device of an account, and return how many."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove devices that expired before `before`, and return how many."""


class HasAttempts(Protocol):
    """A unit of work that reaches the failed attempts."""

    @property
    @abstractmethod
    def attempts(self) -> AttemptBook:
        """The failed attempts."""


class HasDevices(Protocol):
    """A unit of work that reaches the known devices."""

    @property
    @abstractmethod
    def devices(self) -> Devices:
        """The known devices."""


class NamesConnected(Protocol):
    """Names the other providers that let somebody in to an account."""

    @abstractmethod
    def __call__(self, account_id: AccountId) -> str | None:
        """Return them in words for its owner, or None when there are none. An id of nobody costs as much as any."""
