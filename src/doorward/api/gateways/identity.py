"""Whom a gateway lets through, as header fields for the application behind it."""

import re
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

_SAFE: Final = "-._~@:+/ "
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~@:+/ -]*")
_EMPTY: Final = (b"content-length", b"0")


class Admitted(Response):
    """The answer that lets a request through: 200, no body, and every field, empty where there is nothing to say."""

    def __init__(self, identity: Identity) -> None:
        at = identity.authenticated_at
        self.status_code = 200
        self.background = None
        self.body = b""
        self.raw_headers = [
            _EMPTY,
            (SUBJECT, spelled(identity.subject)),
            (SESSION, spelled(identity.session_id)),
            (USERNAME, spelled(identity.username)),
            (EMAIL, spelled(identity.email)),
            (SCOPES, spelled(identity.scopes)),
            (ROLES, spelled(" ".join(identity.roles))),
            (CLIENT, spelled(identity.client_id)),
            (TIME, b"" if at is None else b"%d" % at.timestamp()),
        ]


def spelled(value: str) -> bytes:
    """Return a value as letters, digits and `-._~@:+/`, everything else percent-encoded; spaces part what is a list.

    Source: RFC 9110 section 5.5 (nothing that a reader of header fields could take for more than a value).
    """
    return value.encode("ascii") if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE).encode("ascii")
