"""Clients that nobody registered: their id is the https address of a document that describes them.

Source: draft-ietf-oauth-client-id-metadata-document, sections 3 and 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.outgoing import Documents
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.clients.add import with_plain_keys
from doorward.core.oauth.clients.find import DescribesClients
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.clients.rules.metadata import UNNAMED, wanted_of
from doorward.core.oauth.clients.rules.registration import LONGEST_NAME, check_client, needs_secret
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType
from doorward.core.oauth.rules import uri

_BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
_METHOD: Final = "token_endpoint_auth_method"
_NEVER: Final = frozenset({"client_secret", "client_secret_expires_at"})


@dataclass(frozen=True, slots=True)
class DescribedClients(DescribesClients):
    """Knows clients by what their document says of them now; nothing of it is kept."""

    fetch: Documents

    def describe(self, client_id: ClientId) -> Client | None:
        """Return the client that an https address describes; None when it is no such address or describes no client.

        Raises: Unavailable.
        """
        if not is_address(client_id):
            return None
        try:
            return described(client_id, self.fetch.get(client_id))
        except Invalid:
            return None

    def unread(self, client_id: ClientId) -> Client | None:
        """Return a client that is called by its host and may do nothing."""
        if not is_address(client_id):
            return None
        return Client(
            id=client_id,
            name=_host_of(client_id),
            type=ClientType.NATIVE,
            authentication=ClientAuthentication.NONE,
            created_at=_BEGINNING,
            grants=(),
            scopes=(),
        )


def is_address(client_id: str) -> bool:
    """Tell whether an id is the address of a document: https, with a path, and without a query."""
    try:
        read = uri.read(client_id, pointer="/client_id")
    except Invalid:
        return False
    return read.scheme == "https" and len(read.path) > 1 and not read.query


def described(client_id: ClientId, document: Mapping[str, JsonValue]) -> Client:
    """Return the client that a document describes: one that shares no secret, and is held to every other rule.

    Raises: Invalid.
    """
    if document.get("client_id") != client_id or not _NEVER.isdisjoint(document):
        raise Invalid("/client_id", "The document is that of another client, or holds a secret.")
    wanted = wanted_of({_METHOD: "none", **document})
    if wanted.authentication is None or needs_secret(wanted.authentication):
        raise Invalid(f"/{_METHOD}", "Nothing is shared by which such a client could prove itself.")
    return with_plain_keys(check_client(_as_client(client_id, wanted)))


def _as_client(client_id: ClientId, wanted: Wanted) -> Client:
    asked = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__ if name != "id"}
    client = Client(id=client_id, created_at=_BEGINNING, **asked)
    return client if client.name != UNNAMED else replace(client, name=_host_of(client_id))


def _host_of(client_id: ClientId) -> str:
    return (uri.read(client_id, pointer="/client_id").host or "")[:LONGEST_NAME]
