"""Requests to other servers."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import urlencode, urlsplit

from httpcore2 import (
    URL,
    ConnectionPool,
    NetworkError,
    ProtocolError,
    Response,
    TimeoutException,
    default_ssl_context,
)

from doorward.adapters.web.addresses import Reach
from doorward.adapters.web.connect import CheckedConnections, Deadline
from doorward.adapters.web.resolve import Resolves, SystemResolver
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched, Web

SECONDS: Final = 5.0
"""How long a whole request may take, from the name to the last byte."""

MAX_BYTES: Final = 1 << 20
MAX_URL_CHARACTERS: Final = 2048
_PORTS: Final = range(1, 65536)
_FORM: Final = "application/x-www-form-urlencoded"
_ANYTHING: Final = "*/*"
_PROGRAM: Final = "Doorward"
_REDIRECTS: Final = range(300, 400)


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

    @property
    def url(self) -> URL:
        """The URL as the transport takes it."""
        return URL(scheme=self.scheme, host=self.host, port=self.port, target=self.path)


@cache
def _system_trust() -> ssl.SSLContext:
    return default_ssl_context()


@dataclass(frozen=True, slots=True)
class WebClient(Web):
    """Speaks to other servers, each request over a connection of its own."""

    reach: Reach = field(default_factory=Reach)
    resolve: Resolves = field(default_factory=SystemResolver)
    trusted: ssl.SSLContext = field(default_factory=_system_trust)
    seconds: float = SECONDS

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        return self._fetch("GET", url, accepts=accepts, headers=headers or {}, content=None)

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        accepts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        typed = {**(headers or {}), "Content-Type": _FORM}
        return self._fetch("POST", url, accepts=accepts, headers=typed, content=urlencode(form).encode())

    def close(self) -> None:
        """Let the threads of the resolver go."""
        if isinstance(self.resolve, SystemResolver):
            self.resolve.close()

    def _fetch(
        self, method: str, url: str, *, accepts: Collection[str], headers: Mapping[str, str], content: bytes | None
    ) -> Fetched:
        target = read_url(url, may_be_plain=self.reach.loopback_for_development)
        deadline = Deadline.after(self.seconds)
        connections = CheckedConnections(self.resolve, self.reach, deadline, is_plain=target.is_plain)
        sent: list[tuple[bytes | str, bytes | str]] = [
            *headers.items(),
            ("Accept", ", ".join(sorted(accepts)) or _ANYTHING),
            ("Accept-Encoding", "identity"),
            ("User-Agent", _PROGRAM),
            ("Connection", "close"),
        ]
        try:
            with (
                ConnectionPool(ssl_context=self.trusted, network_backend=connections) as pool,
                pool.stream(method, target.url, headers=sent, content=content) as response,
            ):
                return _take(response, target.host, accepts)
        except TimeoutException:
            raise NotFetched(Failure.TIME, f"{target.host} took too long") from None
        except NetworkError as error:
            is_certificate = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args)
            failure = Failure.CERTIFICATE if is_certificate else Failure.CONNECTION
            raise NotFetched(failure, f"{target.host}: {error}") from None
        except ProtocolError:
            raise NotFetched(Failure.CONTENT, f"{target.host} does not speak HTTP") from None


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


def _take(response: Response, host: str, accepts: Collection[str]) -> Fetched:
    """Return an answer whose head will do, with its body; what is wrong ends the connection."""
    if response.status in _REDIRECTS:
        raise NotFetched(Failure.REDIRECT, f"{host} answers {response.status}, and no redirect is followed")
    head = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    if head.get(b"content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise NotFetched(Failure.ENCODING, f"{host} answers in an encoding that was not asked for")
    media_type = head.get(b"content-type", "").partition(";")[0].strip().lower()
    if accepts and media_type not in accepts:
        raise NotFetched(Failure.TYPE, f"{host} answers {response.status} as {media_type[:100] or 'nothing named'}")
    return Fetched(response.status, media_type, _body(response, host))


def _body(response: Response, host: str) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise NotFetched(Failure.SIZE, f"{host} answers more than {MAX_BYTES} bytes")
    return bytes(body)
