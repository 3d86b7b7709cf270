"""What vouching asks of the outside: where it is kept who is whom."""

from abc import abstractmethod
from typing import Protocol

from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId


class Identities(Protocol):
    """Keeps whom other providers vouch for. Issuer and subject together are unique."""

    @abstractmethod
    def of(self, issuer: str, subject: str) -> Identity | None:
        """Return whom a provider knows by a subject; both are compared letter for letter."""

    @abstractmethod
    def of_account(self, account_id: AccountId) -> tuple[Identity, ...]:
        """Return the identities of an account, the one that was linked first at the front."""

    @abstractmethod
    def add(self, identity: Identity) -> bool:
        """Keep an identity, and return True; when somebody has it, change nothing and return False.

        The unit of work can go on after False.
        """

    @abstractmethod
    def remove(self, account_id: AccountId, issuer: str, subject: str) -> bool:
        """Remove an identity of this account, and return True; False when the account has none like it."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> int:
        """Remove every identity of an account, and return how many."""


class HasIdentities(Protocol):
    """A unit of work that reaches the identities."""

    @property
    @abstractmethod
    def identities(self) -> Identities:
        """The identities."""
