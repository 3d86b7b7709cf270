"""How clients and grants are written as JSON: whole, bytes in base 64, moments as RFC 3339 spells them.

Programs of two releases may work on one store. What a newer one added is left out when it is read, and stays where it
is when the record is written again.
"""

import json
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from doorward.core.oauth.records import Client, Grant, GrantType

_CLIENTS: Final = TypeAdapter(Client)
_GRANTS: Final = TypeAdapter(Grant)
_CLIENTS_REMEMBERED: Final = 256
_KNOWN_GRANTS: Final = frozenset(GrantType)


def written_client(client: Client, *, over: str | None = None) -> str:
    """Return a client as JSON; members of the document `over` that this program does not know stay as they are."""
    written = _CLIENTS.dump_json(client).decode()
    return written if over is None else json.dumps({**json.loads(over), **json.loads(written)}, separators=(",", ":"))


@lru_cache(_CLIENTS_REMEMBERED)
def read_client(document: str) -> Client | None:
    """Return the client that was written; of one that is written as it was the last time, what was read then.

    Grant types that this program does not know are left out. None: the client needs something else that it does not
    know, such as another way to prove who it is, and so is none that this program can serve.
    """
    try:
        return _CLIENTS.validate_json(document)
    except ValidationError:
        return _read_of_what_is_known(json.loads(document))


def written_grant(grant: Grant) -> str:
    """Return a grant as JSON."""
    return _GRANTS.dump_json(grant).decode()


def read_grant(document: str) -> Grant:
    """Return the grant that was written."""
    return _GRANTS.validate_json(document)


def _read_of_what_is_known(members: dict[str, Any]) -> Client | None:
    known = [grant for grant in members["grants"] if grant in _KNOWN_GRANTS]
    try:
        return _CLIENTS.validate_json(json.dumps({**members, "grants": known}))
    except ValidationError:
        return None
