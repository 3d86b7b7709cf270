"""A host that a gateway guards, and whom it is told of."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from doorward.core.kernel.ids import ClientId
from doorward.core.sessions.records import Snapshot

_CALLBACK: Final = "/forward-auth/callback"


@dataclass(frozen=True, slots=True)
class ProtectedHost:
    """A host that stands behind a gateway.

    `origin` is scheme, host, and port where that is not the scheme's own, as a browser writes them. `audience` is the
    resource that bearer tokens must be for; None: none is taken there. A token needs all of `scopes`. `role` is what
    people must hold, in person or through a token; None: whoever has an account may come in.
    """

    origin: str
    audience: str | None = None
    scopes: tuple[str, ...] = ()
    role: str | None = None

    @property
    def name(self) -> str:
        """Host and port, as people know it."""
        return self.origin.partition("://")[2]

    @property
    def client_id(self) -> ClientId:
        """The id of the built-in client that stands for it at the authorization endpoint."""
        return ClientId(f"doorward-at-{self.name}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a gateway lets in: somebody in person, or a client that acts for them or for itself.

    `subject` is the account's id, or what the client knows the account or itself by. Of a client, name and address of
    the person are not told: its token does not say whether it may know them. `scopes` is a scope string.
    """

    subject: str
    session_id: str = ""
    username: str = ""
    email: str = ""
    scopes: str = ""
    roles: tuple[str, ...] = ()
    client_id: str = ""
    authenticated_at: datetime | None = None


@lru_cache(maxsize=64)
def origin_of(address: str) -> str:
    """Return scheme and host of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_own(host: ProtectedHost, issuer: str) -> bool:
    """Tell whether a host is the issuer's own, so that browsers show it the session of the pages."""
    return host.origin == origin_of(issuer)


def callback_of(host: ProtectedHost, issuer: str) -> str:
    """Return where a browser comes back to on a host; the gateway leads from there to this server."""
    return f"{issuer if is_own(host, issuer) else host.origin}{_CALLBACK}"


def in_person(snapshot: Snapshot) -> Identity:
    """Return who somebody is whose own session it is."""
    profile = snapshot.profile
    return Identity(
        subject=profile.id,
        session_id=snapshot.session_id,
        username=profile.username,
        email=profile.email,
        roles=profile.roles,
        authenticated_at=snapshot.authenticated_at,
    )
