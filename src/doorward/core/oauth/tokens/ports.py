"""What looking at tokens asks of the outside."""

from abc import abstractmethod
from typing import NamedTuple, Protocol

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client


class Moment(NamedTuple):
    """When a client was read, by the steady clock, and how many had been forgotten by then."""

    steady: float
    forgotten: int


class KnownClients(Protocol):
    """Answers which client this is, from memory where it can.

    A change that was made through this process is seen at once; one made by another within the cache's stated bound.
    All that is issued on the strength of it is a token that a client gets for itself, for minutes.
    """

    @abstractmethod
    def cached(self, client_id: ClientId) -> Client | None:
        """Return the client if it is at hand, without any I/O."""

    @abstractmethod
    def load(self, client_id: ClientId) -> Client | None:
        """Return the client, reading the store if need be. None: there is no such client."""

    @abstractmethod
    def before_reading(self) -> Moment:
        """Return the moment before a client is read that is to be remembered."""

    @abstractmethod
    def remember(self, client: Client, since: Moment) -> None:
        """Remember a client that was read after that moment; not if one was forgotten since, for it may be that one."""

    @abstractmethod
    def forget(self, client_id: ClientId) -> None:
        """Forget a client that was changed."""
