"""Finding clients: the built-in ones first, then those that are kept, then those that describe themselves."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import MAX_PAGE_SIZE, Page
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

    @abstractmethod
    def unread(self, client_id: ClientId) -> Client | None:
        """Return what is known of such a client by its address alone: a name to show, and nothing that it may do."""


@dataclass(frozen=True, slots=True)
class FindClient:
    """Return the client with an id, disabled or not. `built_in` stand in the code and in no store."""

    view: OpensView[HasClients]
    built_in: Mapping[ClientId, Client] = field(default_factory=dict)
    documents: DescribesClients | None = None

    def __call__(self, presented: str) -> Client | None:
        """Return the client, or None. Opens a view: not to be called inside a unit of work.

        Raises: Unavailable, also when the server of a client that describes itself does not answer.
        """
        if not _SHAPE.fullmatch(presented):
            return None
        with self.view() as work:
            found = self._known(work, ClientId(presented))
        return found or self._described(ClientId(presented))

    def registered(self, presented: str) -> Client | None:
        """Return a client that is built in or kept: where one that describes itself may not be, nothing is fetched.

        Opens a view: not to be called inside a unit of work.
        """
        if not _SHAPE.fullmatch(presented):
            return None
        with self.view() as work:
            return self._known(work, ClientId(presented))

    def known(self, work: HasClients, client_id: ClientId) -> Client | None:
        """Return a client that is built in or kept, as what is open sees it now; nothing is fetched."""
        return self._known(work, client_id)

    def may_describe_itself(self, client_id: ClientId) -> bool:
        """Tell whether an id is an address at which a client may describe itself here."""
        return self.documents is not None and self.documents.unread(client_id) is not None

    def within(self, work: HasClients, client_id: ClientId) -> Client | None:
        """Return a client as what is open sees it now.

        One that describes itself was found a moment ago, by whoever asks: its document is remembered, not fetched.
        """
        if not _SHAPE.fullmatch(client_id):
            return None
        return self._known(work, client_id) or self._described(client_id)

    def held(self, work: HasClients, client_id: ClientId) -> Client | None:
        """Return the same, and keep others from changing it until the unit's end: for what it is about to be granted."""
        return self.built_in.get(client_id) or work.clients.held(client_id) or self._described(client_id)

    @staticmethod
    def may_be(presented: str) -> bool:
        """Tell whether a store may be asked for a client of this id."""
        return _SHAPE.fullmatch(presented) is not None

    def shown(self, work: HasClients, client_id: ClientId) -> Client | None:
        """Return a client that people have let act for them, as it is listed; nothing is fetched."""
        described = None if self.documents is None else self.documents.unread(client_id)
        return self._known(work, client_id) or described

    def _known(self, work: HasClients, client_id: ClientId) -> Client | None:
        return self.built_in.get(client_id) or work.clients.by_id(client_id)

    def _described(self, client_id: ClientId) -> Client | None:
        return None if self.documents is None else self.documents.describe(client_id)


def kept(work: HasClients, wanted: str) -> Client:
    """Return a client that an operator may change.

    Raises: NotFound.
    """
    client = work.clients.by_id(ClientId(wanted)) if _SHAPE.fullmatch(wanted) else None
    if client is None:
        raise NotFound
    return client


@dataclass(frozen=True, slots=True)
class ListClients:
    """Return clients page by page, in the order of their ids."""

    view: OpensView[HasClients]

    def __call__(self, *, after: str | None = None, size: int = 50) -> Page[Client]:
        """Return one page."""
        with self.view() as work:
            return work.clients.page(after=None if after is None else ClientId(after), limit=size)


@dataclass(frozen=True, slots=True)
class UnsaidClients:
    """Return the clients of which nobody has said yet for which APIs they answer, while programs before would guess."""

    view: OpensView[HasClients]

    def __call__(self) -> tuple[Client, ...]:
        """Read all clients, page by page."""
        found: list[Client] = []
        with self.view() as work:
            page = work.clients.page(limit=MAX_PAGE_SIZE)
            found += page.items
            while page.next_after is not None:
                page = work.clients.page(after=ClientId(page.next_after), limit=MAX_PAGE_SIZE)
                found += page.items
        return tuple(client for client in found if client.is_unsaid)


@dataclass(frozen=True, slots=True)
class ShowClient:
    """Return one client."""

    view: OpensView[HasClients]

    def __call__(self, wanted: str) -> Client:
        """Read it.

        Raises: NotFound.
        """
        with self.view() as work:
            return kept(work, wanted)
