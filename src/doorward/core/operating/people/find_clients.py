"""Finding clients by a part of their name, id or address."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import MAX_PAGE_SIZE, Page
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.ports import HasClients
from doorward.core.oauth.records import Client

_MOST_READ: Final = 2_000
"""How many clients one search looks at: their names stand in no index, and there may be very many."""


@dataclass(frozen=True, slots=True)
class FindClients:
    """Return clients with a text in their name, id or one of their addresses, in the order of their ids."""

    view: OpensView[HasClients]

    def __call__(self, wanted: str, *, after: str | None = None, size: int = 50) -> Page[Client]:
        """Return one page. Its `next_after` is where the search goes on, also when it merely looked at enough."""
        text = wanted.strip().casefold()
        place, read, found = after, 0, list[Client]()
        with self.view() as view:
            while read < _MOST_READ:
                begin = None if place is None else ClientId(place)
                page = view.clients.page(after=begin, limit=MAX_PAGE_SIZE)
                for client in page.items:
                    if is_named(client, text):
                        found.append(client)
                    if len(found) > size:
                        return Page(tuple(found[:size]), found[size - 1].id)
                place, read = page.next_after, read + MAX_PAGE_SIZE
                if place is None:
                    break
        return Page(tuple(found), place)


def is_named(client: Client, text: str) -> bool:
    """Tell whether a text, in lower case, stands in what a client is known by."""
    return any(text in each.casefold() for each in (client.id, client.name, *client.redirect_uris))
