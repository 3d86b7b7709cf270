"""Looking at the registered clients."""

from dataclasses import dataclass

from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.ports import HasClients
from doorward.core.oauth.records import Client


@dataclass(frozen=True, slots=True)
class ListClients:
    """Return clients page by page, in the order of their ids."""

    view: OpensView[HasClients]

    def __call__(self, *, after: str | None = None, size: int = 50) -> Page[Client]:
        """Return one page."""
        with self.view() as work:
            return work.clients.page(after=None if after is None else ClientId(after), limit=size)


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
