"""From where browsers may call what applications call: the origins of the registered applications that run in them.

Source: Fetch Standard section 3.2; OAuth 2.0 for Browser-Based Applications section 6.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import SplitResult, urlsplit

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.ports import HasClients
from doorward.core.oauth.records import Client, ClientType

LOOK_AGAIN_AFTER: Final = timedelta(seconds=10)
"""How late a change of a registration is noticed."""

_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True)
class Origins:
    """Every registered origin, and those of the clients whose refresh token is a cookie."""

    every: frozenset[str] = frozenset()
    with_cookie: frozenset[str] = frozenset()


@dataclass(slots=True)
class RegisteredOrigins:
    """Tells the origins of enabled clients that run in browsers, as they were a moment ago.

    An origin decides what a page of another site may read, never what anybody may do: the answer to one that is not
    registered is the same, and its browser keeps it from the page. While the store is away, those of before count.
    """

    view: OpensView[HasClients]
    find: FindClient
    clock: Clock
    _known: Origins = field(default=Origins(), init=False)
    _until: float = field(default=0.0, init=False)

    def at_once(self) -> Origins | None:
        """Return the origins if they are at hand without I/O; None means: ask `__call__`, from a lane."""
        return self._known if self.clock.steady() < self._until else None

    def __call__(self) -> Origins:
        """Return the origins, read again if it is time."""
        known = self.at_once()
        if known is not None:
            return known
        until = self.clock.steady() + LOOK_AGAIN_AFTER.total_seconds()
        try:
            self._known = _of(list(self._clients()))
        except Unavailable:
            return self._known
        self._until = until
        return self._known

    def _clients(self) -> Iterator[Client]:
        yield from self.find.built_in.values()
        after: ClientId | None = None
        while True:
            with self.view() as view:
                page = view.clients.page(after=after)
            yield from page.items
            if page.next_after is None:
                return
            after = ClientId(page.next_after)


def _of(clients: list[Client]) -> Origins:
    return Origins(
        every=frozenset(origin for client in clients for origin in origins_of(client)),
        with_cookie=frozenset(origin for client in clients if client.uses_refresh_cookie for origin in origins_of(client)),
    )


def origins_of(client: Client) -> frozenset[str]:
    """Return the origins of the pages of a client; none, when it is disabled or does not run in browsers."""
    if client.type is not ClientType.SPA or client.disabled_at is not None:
        return frozenset()
    parts = (urlsplit(uri) for uri in client.redirect_uris)
    return frozenset(_as_sent(each) for each in parts if each.scheme in _DEFAULT_PORTS)


def _as_sent(parts: SplitResult) -> str:
    """Return an origin as browsers write it: without the port that its scheme has anyway (RFC 6454 section 6.2)."""
    return f"{parts.scheme}://{parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme])}"
