"""One request to another server, and what is taken of its answer."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from httpcore2 import (
    URL,
    ConnectionPool,
    NetworkError,
    ProtocolError,
    Response,
    TimeoutException,
    default_ssl_context,
)

from doorward.adapters.web.connect import CheckedConnections
from doorward.adapters.web.target import Target
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched

MAX_BYTES: Final = 1 << 20
_ANYTHING: Final = "*/*"
_PROGRAM: Final = "Doorward"
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of whom; `accepts` are the media types that will do, any where there are none."""

    method: str
    target: Target
    accepts: Collection[str]
    headers: Mapping[str, str]
    content: bytes | None


@cache
def system_trust() -> ssl.SSLContext:
    """Return whom this machine trusts."""
    return default_ssl_context()


def exchange(request: Request, connections: CheckedConnections, trusted: ssl.SSLContext) -> Fetched:
    """Send a request over a connection of its own, and return the answer.

    Raises: NotFetched.
    """
    target = request.target
    url = URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    sent: list[tuple[bytes | str, bytes | str]] = [
        *request.headers.items(),
        ("Accept", ", ".join(sorted(request.accepts)) or _ANYTHING),
        ("Accept-Encoding", "identity"),
        ("User-Agent", _PROGRAM),
        ("Connection", "close"),
    ]
    try:
        with (
            ConnectionPool(ssl_context=trusted, network_backend=connections) as pool,
            pool.stream(request.method, url, headers=sent, content=request.content) as response,
        ):
            return _take(response, target.host, request.accepts)
    except TimeoutException:
        raise NotFetched(Failure.TIME, f"{target.host} took too long") from None
    except NetworkError as error:
        is_certificate = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args)
        failure = Failure.CERTIFICATE if is_certificate else Failure.CONNECTION
        raise NotFetched(failure, f"{target.host}: {error}") from None
    except ProtocolError:
        raise NotFetched(Failure.CONTENT, f"{target.host} does not speak HTTP") from None


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
