"""What looking at tokens asks of the outside."""

from abc import abstractmethod
from typing import Protocol

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client


class KnownClients(Protocol):
    """Answers which client this is, from memory where it can.

    A change of a client is seen within the cache's stated bound. Nothing is issued on the strength of it.
    """

    @abstractmethod
    def cached(self, client_id: ClientId) -> Client | None:
        """Return the client if it is at hand, without any I/O."""

    @abstractmethod
    def load(self, client_id: ClientId) -> Client | None:
        """Return the client, reading the store if need be. None: there is no such client."""
