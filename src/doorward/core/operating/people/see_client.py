"""Seeing a client, and how much would end with it."""

from dataclasses import dataclass
from typing import Final, Protocol

from doorward.core.kernel.work import OpensView
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.oauth.records import Client

COUNTED: Final = 1_000
"""How far people and sessions are counted; more than that is more than that."""


class SeeClientView(HasClients, HasConsents, HasGrants, Protocol):
    """What is looked at."""


@dataclass(frozen=True, slots=True)
class ClientSeen:
    """A client, how many people allowed it something, and how many sessions it holds; both up to a bound."""

    client: Client
    consents: int
    sessions: int


@dataclass(frozen=True, slots=True)
class SeeClient:
    """Return a client that operators may change."""

    view: OpensView[SeeClientView]

    def __call__(self, wanted: str) -> ClientSeen:
        """Read it.

        Raises: NotFound.
        """
        with self.view() as view:
            client = kept(view, wanted)
            consents = len(view.consents.of_client(client.id, limit=COUNTED + 1))
            sessions = len(view.grants.of_client(client.id, limit=COUNTED + 1))
        return ClientSeen(client, consents, sessions)
