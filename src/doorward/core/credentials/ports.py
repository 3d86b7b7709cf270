"""What credentials ask of the outside."""

from abc import abstractmethod
from typing import Protocol

from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.ids import AccountId


class PasswordHasher(Protocol):
    """Hashes passwords slowly, on purpose: each call costs tens of milliseconds of one core and 19 MiB."""

    @abstractmethod
    def hash(self, password: str) -> str:
        """Return a hash to be stored; it carries its own salt and parameters."""

    @abstractmethod
    def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` is the one that was hashed to `stored`.

        With None the same work is done on a hash that nothing matches, and the answer is False: who asks cannot tell
        from the time that there was nothing to compare with.
        """

    @abstractmethod
    def is_outdated(self, stored: str) -> bool:
        """Tell whether `stored` was made with other parameters or another pepper than are in force."""


class KnownPasswords(Protocol):
    """Knows passwords that attackers try first: common ones, and those of published breaches."""

    @abstractmethod
    def contains(self, password: str) -> bool:
        """Tell whether the password is known to attackers."""


class Passwords(Protocol):
    """Keeps password hashes."""

    @abstractmethod
    def of(self, account_id: AccountId) -> PasswordRecord | None:
        """Return the password record of an account."""

    @abstractmethod
    def held(self, account_id: AccountId) -> PasswordRecord | None:
        """Return the record as it is now, and let nobody else write it before this unit of work has ended.

        What depends on a password being in force is written behind this: whoever changes the password then either came
        first, and is seen here, or finds what was written.
        """

    @abstractmethod
    def put(self, record: PasswordRecord) -> None:
        """Keep the record, in place of the one before."""

    @abstractmethod
    def remove(self, account_id: AccountId) -> None:
        """Remove the record of an account."""


class HasPasswords(Protocol):
    """A unit of work that reaches the password hashes."""

    @property
    @abstractmethod
    def passwords(self) -> Passwords:
        """The password hashes."""
