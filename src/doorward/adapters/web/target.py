"""URLs that requests may go to."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from doorward.core.kernel.outgoing import Failure, NotFetched

MAX_URL_CHARACTERS: Final = 2048
_PORTS: Final = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was read; `path` holds the query too."""

    scheme: str
    host: str
    port: int | None
    path: str

    @property
    def is_plain(self) -> bool:
        """Tell whether it goes without encryption."""
        return self.scheme == "http"


def read_url(url: str, *, may_be_plain: bool) -> Target:
    """Return the parts of a URL that may be asked for; `may_be_plain` allows http.

    Raises: NotFetched, for anything that programs read differently, and for a user name, a password or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotFetched(Failure.URL, "this is not a URL") from None
    schemes = {"https", "http"} if may_be_plain else {"https"}
    if parts.scheme not in schemes:
        raise NotFetched(Failure.URL, f"the URL does not begin with {' or '.join(sorted(schemes))}://")
    if len(url) > MAX_URL_CHARACTERS or not _is_plain_text(url) or "\\" in url:
        raise NotFetched(Failure.URL, "the URL is too long, or holds characters that no URL has")
    if not parts.hostname or "@" in parts.netloc or "#" in url or (port is not None and port not in _PORTS):
        raise NotFetched(Failure.URL, "the URL has no host, or says more than a host, a path and a query")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Target(parts.scheme, parts.hostname, port, path)


def _is_plain_text(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url
