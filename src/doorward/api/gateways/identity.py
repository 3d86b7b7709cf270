"""Whom a gateway lets through, as header fields for the application behind it."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from doorward.core.oauth.gateways.records import Identity

SUBJECT: Final = b"x-auth-subject"
SESSION: Final = b"x-auth-session"
USERNAME: Final = b"x-auth-username"
EMAIL: Final = b"x-auth-email"
SCOPES: Final = b"x-auth-scopes"
ROLES: Final = b"x-auth-roles"
CLIENT: Final = b"x-auth-client"
TIME: Final = b"x-auth-time"

NAMES: Final = frozenset({SUBJECT, SESSION, USERNAME, EMAIL, SCOPES, ROLES, CLIENT, TIME})
"""Every field, which a gateway must overwrite, or leave out, whatever a client sends."""

_FIELDS: Final = (SUBJECT, SESSION, USERNAME, EMAIL, SCOPES, ROLES, CLIENT, TIME)
_SAFE: Final = "-._~@:+/ "
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~@:+/ \n-]*")
_EMPTY: Final = ((b"content-length", b"0"), (b"cache-control", b"no-store"))


class Admitted(Response):
    """The answer that lets a request through: 200, no body, and every field, empty where there is nothing to say."""

    def __init__(self, identity: Identity) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.raw_headers = [*_EMPTY, *zip(_FIELDS, spelled(_values(identity)), strict=True)]


def spelled(values: Sequence[str]) -> list[bytes]:
    """Return each value as letters, digits and `-._~@:+/`, all else percent-encoded; spaces part what is a list.

    Source: RFC 9110 section 5.5 (nothing that a reader of header fields could take for more than a value).
    """
    lines = "\n".join(values)  # looked at together: nearly always there is nothing to encode
    if _PLAIN.fullmatch(lines) and lines.count("\n") == len(values) - 1:
        return lines.encode("ascii").split(b"\n")
    return [quote(value, safe=_SAFE).encode("ascii") for value in values]


def _values(identity: Identity) -> tuple[str, ...]:
    """Return the values, in the order of the fields."""
    at = identity.authenticated_at
    return (
        identity.subject,
        identity.session_id,
        identity.username,
        identity.email,
        identity.scopes,
        " ".join(identity.roles),
        identity.client_id,
        "" if at is None else str(int(at.timestamp())),
    )
