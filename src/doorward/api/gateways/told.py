"""Where people read why a guarded host is not open to them: on a page of ours, since at that host there is none."""

from typing import Final
from urllib.parse import urlencode

from doorward.core.oauth.gateways.records import ProtectedHost

FAILED: Final = "/forward-auth/failed"
FORBIDDEN: Final = "/forward-auth/forbidden"


def told_at(issuer: str, path: str, host: ProtectedHost | None) -> str:
    """Return the address of such a page. It names the host, where that is known; the page looks it up again."""
    return f"{issuer}{path}?{urlencode({'host': host.origin})}" if host is not None else f"{issuer}{path}"
