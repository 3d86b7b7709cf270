"""What access asks of the outside."""

from abc import abstractmethod
from typing import Protocol

from doorward.core.kernel.ids import AccountId


class Roles(Protocol):
    """Keeps which account has which role."""

    @abstractmethod
    def of(self, account_id: AccountId) -> tuple[str, ...]:
        """Return the roles of an account in alphabetical order."""

    @abstractmethod
    def grant(self, account_id: AccountId, role: str) -> bool:
        """Give a role, and return True; False when the account has it already."""

    @abstractmethod
    def revoke(self, account_id: AccountId, role: str) -> bool:
        """Take a role away, and return True; False when the account does not have it."""

    @abstractmethod
    def holders(self, role: str) -> int:
        """Return how many accounts have the role."""

    @abstractmethod
    def held_by(self, role: str, *, limit: int) -> tuple[AccountId, ...]:
        """Return at most `limit` accounts that have the role, in the order of their ids."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> None:
        """Take every role away from an account."""


class HasRoles(Protocol):
    """A unit of work that reaches the roles."""

    @property
    @abstractmethod
    def roles(self) -> Roles:
        """The roles."""
