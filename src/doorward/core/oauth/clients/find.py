"""Finding a client: the built-in ones first, then those that are kept, then those that describe themselves."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.ports import HasClients
from doorward.core.oauth.records import Client

_SHAPE: Final = re.compile(r"[\x21-\x7e]{1,1024}")
"""What may be asked of a store: some stores cannot even hold other text."""


class DescribesClients(Protocol):
    """Knows clients by what stands at the address that is their id."""

    @abstractmethod
    def describe(self, client_id: ClientId) -> Client | None:
        """Return the client that an https address describes, or None."""


@dataclass(frozen=True, slots=True)
class FindClient:
    """Return the client with an id, disabled or not. `built_in` stand in the code and in no store."""

    view: OpensView[HasClients]
    built_in: Mapping[ClientId, Client] = field(default_factory=dict)
    documents: DescribesClients | None = None

    def __call__(self, presented: str) -> Client | None:
        """Return the client, or None. Opens a view: not to be called inside a unit of work."""
        if not _SHAPE.fullmatch(presented):
            return None
        client_id = ClientId(presented)
        if client_id in self.built_in:
            return self.built_in[client_id]
        with self.view() as work:
            found = work.clients.by_id(client_id)
        if found is not None or self.documents is None:
            return found
        return self.documents.describe(client_id)

    def within(self, work: HasClients, client_id: ClientId) -> Client | None:
        """Return a client that was found before, as a unit of work that is open sees it now; nothing is fetched."""
        return self.built_in.get(client_id) or work.clients.by_id(client_id)


def kept(work: HasClients, wanted: str) -> Client:
    """Return a client that an operator may change.

    Raises: NotFound.
    """
    client = work.clients.by_id(ClientId(wanted)) if _SHAPE.fullmatch(wanted) else None
    if client is None:
        raise NotFound
    return client
