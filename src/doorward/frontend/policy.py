"""What an application's page may do, as the server says it: in the page itself a policy comes too late for some."""

from collections.abc import Iterable
from typing import Final

_ALONE: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
)
_CLOSED: Final = (
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)


def policy(servers: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of a page that speaks to its own origin, and to those of `servers`."""
    return "; ".join((*_ALONE, " ".join(("connect-src 'self'", *servers)), *_CLOSED))
