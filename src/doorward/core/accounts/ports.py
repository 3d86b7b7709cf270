"""What accounts ask of the outside."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from doorward.core.accounts.records import Account, Claim
from doorward.core.kernel.ids import AccountId, ClaimId
from doorward.core.kernel.pages import Page


class Accounts(Protocol):
    """Keeps accounts. Username key, username skeleton and e-mail key are each unique."""

    @abstractmethod
    def by_id(self, account_id: AccountId) -> Account | None:
        """Return an account."""

    @abstractmethod
    def held(self, account_id: AccountId) -> Account | None:
        """Return an account, and keep others from changing it until the unit's end.

        A session of its own is started while it is held, so that whoever disables it, or takes away the way by which
        somebody came in, ends that session too: either they wait, or they were first and it shows.
        """

    @abstractmethod
    def by_login(self, login_key: str) -> Account | None:
        """Return the account whose username key or e-mail key this is; the two never look alike."""

    @abstractmethod
    def by_email(self, email_key: str) -> Account | None:
        """Return the account that owns an address."""

    @abstractmethod
    def holder_of(self, *, username_key: str, username_skeleton: str, email_key: str) -> Account | None:
        """Return an account that stands in the way of a new one with these; the address's owner before the name's."""

    @abstractmethod
    def add(self, account: Account) -> bool:
        """Keep a new account, and return True; when a unique key is taken, change nothing and return False.

        The unit of work can go on after False.
        """

    @abstractmethod
    def replace(self, account: Account, *, expected: Account) -> bool:
        """Write `account` with the next version if the row still has that of `expected`, and return True.

        False: somebody else changed it, or a unique key is taken; nothing was written, and the unit can go on.
        """

    @abstractmethod
    def remove(self, account_id: AccountId) -> None:
        """Remove an account."""

    @abstractmethod
    def page(self, *, after: str | None = None, size: int = 50, contains: str | None = None) -> Page[Account]:
        """Return accounts in the order of their ids, after one id; those whose name or address contains `contains`."""

    @abstractmethod
    def newest(self, *, before: AccountId | None = None, limit: int = 50) -> tuple[Account, ...]:
        """Return at most `limit` accounts made before one, the newest first. It costs as much anywhere in the list."""

    @abstractmethod
    def named(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        """Return at most `limit` accounts whose username key begins with `prefix` and comes after `after`.

        In the order of these keys, letters by their code points, from an index: it costs as much among millions.
        """

    @abstractmethod
    def addressed(self, prefix: str, *, after: str = "", limit: int = 50) -> tuple[Account, ...]:
        """Return the same by e-mail keys, without the accounts that `named` finds by this prefix."""

    @abstractmethod
    def due_for_deletion(self, now: datetime, *, limit: int) -> tuple[Account, ...]:
        """Return accounts whose grace is over."""

    @abstractmethod
    def count(self) -> int:
        """Return how many accounts there are."""


class Claims(Protocol):
    """Keeps registrations whose address is not proven. Nothing about a claim is unique but its id."""

    @abstractmethod
    def add(self, claim: Claim) -> None:
        """Keep a claim."""

    @abstractmethod
    def by_id(self, claim_id: ClaimId) -> Claim | None:
        """Return a claim."""

    @abstractmethod
    def newest(self, login_key: str) -> Claim | None:
        """Return the newest claim with this username key or e-mail key."""

    @abstractmethod
    def remove_of_email(self, email_key: str) -> int:
        """Remove every claim to an address, and return how many."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove claims made before `before`, and return how many."""


class HasAccounts(Protocol):
    """A unit of work that reaches the accounts."""

    @property
    @abstractmethod
    def accounts(self) -> Accounts:
        """The accounts."""


class HasClaims(Protocol):
    """A unit of work that reaches the claims."""

    @property
    @abstractmethod
    def claims(self) -> Claims:
        """The claims."""


class Exports(Protocol):
    """Tells what a subject above keeps about an account, for its owner."""

    @abstractmethod
    def __call__(self, account_id: AccountId) -> Sequence[Mapping[str, object]]:
        """Return entries that can be written as JSON; no secret is among them.

        Raises: Unavailable.
        """
