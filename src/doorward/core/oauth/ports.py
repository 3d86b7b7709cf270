"""What the provider asks of the outside: where clients, grants and consents are kept."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.kernel.pages import Page
from doorward.core.oauth.records import Client, Consent, Grant


class Clients(Protocol):
    """Keeps the registered clients."""

    @abstractmethod
    def by_id(self, client_id: ClientId) -> Client | None:
        """Return a client, disabled or not; None also for one that only a newer program can serve."""

    @abstractmethod
    def held(self, client_id: ClientId) -> Client | None:
        """Return the same, and keep others from changing it until the unit's end; several may hold it at once.

        What it is granted is written while it is held, so that whoever disables or removes it ends that too.
        """

    @abstractmethod
    def add(self, client: Client) -> bool:
        """Keep a new client, and return True; False when its id is taken."""

    @abstractmethod
    def replace(self, client: Client, *, expected: int) -> bool:
        """Write the client if its version is still `expected`, count the version up, and return True.

        One atomic compare-and-set. When the client was made stays as it was.
        """

    @abstractmethod
    def remove(self, client_id: ClientId) -> bool:
        """Remove a client, and return True; False when there is none."""

    @abstractmethod
    def page(self, *, after: ClientId | None = None, limit: int = 100) -> Page[Client]:
        """Return clients in the order of their ids, letters by their code points, after one id.

        One that a newer program wrote, and that this one cannot serve, is left out: a page may hold fewer than `limit`.
        """


class HasClients(Protocol):
    """A unit of work that reaches the clients."""

    @property
    @abstractmethod
    def clients(self) -> Clients:
        """The clients."""


class Grants(Protocol):
    """Keeps what the sessions of clients were granted."""

    @abstractmethod
    def of_session(self, session_id: SessionId) -> Grant | None:
        """Return the grant that a session was started with."""

    @abstractmethod
    def of_account(self, account_id: AccountId, *, client_id: ClientId | None = None) -> tuple[Grant, ...]:
        """Return the grants of an account, or those to one client, the newest first; their sessions may have ended."""

    @abstractmethod
    def of_client(self, client_id: ClientId, *, limit: int) -> tuple[Grant, ...]:
        """Return at most `limit` grants to a client whose sessions are still kept, in no particular order."""

    @abstractmethod
    def add(self, grant: Grant) -> None:
        """Keep a new grant."""

    @abstractmethod
    def remove(self, session_id: SessionId) -> None:
        """Remove the grant of a session, if there is one."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> None:
        """Remove every grant of an account that is being deleted."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove grants that expired before `before`, and return how many."""


class HasGrants(Protocol):
    """A unit of work that reaches the grants."""

    @property
    @abstractmethod
    def grants(self) -> Grants:
        """The grants."""


class Consents(Protocol):
    """Keeps what people consented to."""

    @abstractmethod
    def of(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        """Return what an account allowed a client."""

    @abstractmethod
    def of_account(self, account_id: AccountId) -> tuple[Consent, ...]:
        """Return what an account allowed, the newest first."""

    @abstractmethod
    def of_client(self, client_id: ClientId, *, after: AccountId | None = None, limit: int = 50) -> tuple[Consent, ...]:
        """Return at most `limit` consents to a client in the order of the accounts' ids, after one of them."""

    @abstractmethod
    def put(self, consent: Consent) -> None:
        """Keep a consent in place of the one before it."""

    @abstractmethod
    def remove(self, account_id: AccountId, client_id: ClientId) -> bool:
        """Take a consent back, and return True; False when there is none."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> None:
        """Remove every consent of an account that is being deleted."""

    @abstractmethod
    def remove_client(self, client_id: ClientId) -> int:
        """Remove every consent to a client, and return how many there were."""


class HasConsents(Protocol):
    """A unit of work that reaches the consents."""

    @property
    @abstractmethod
    def consents(self) -> Consents:
        """The consents."""
