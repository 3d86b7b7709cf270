"""Fetching what an issuer publishes: its metadata and its keys.

Source: RFC 8414 section 3; OpenID Connect Discovery 1.0 section 4; RFC 7517 section 5.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx2

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import SIGNS, Algorithm

MAX_DOCUMENT_BYTES: Final = 1024 * 1024
PATIENCE_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 10.0
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OK: Final = 200

Client = Callable[[], httpx2.Client]


class Unfetched(Exception):
    """What an issuer publishes cannot be had, or is not what it should be; the message says why."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who is believed. Its tokens are signed with one of `algorithms`, by a key of the set at `jwks_uri`.

    Without `jwks_uri` the set is the one that its metadata names. Addresses are https, or of this machine.
    Raises: ValueError.
    """

    url: str
    jwks_uri: str | None = None
    algorithms: tuple[Algorithm, ...] = SIGNS

    def __post_init__(self) -> None:
        for address in filter(None, (self.url, self.jwks_uri)):
            if not is_protected(address):
                raise ValueError(f"{address} is neither an https address nor one of this machine")
        if not self.algorithms:
            raise ValueError(f"no algorithm is allowed for {self.url}")


@dataclass(slots=True)
class KeyDocument:
    """The key set of an issuer, as it is published. Nothing that a token says is ever fetched."""

    issuer: Issuer
    client: Client
    _jwks_uri: str | None = field(default=None, init=False)

    def __call__(self) -> Mapping[str, JsonValue]:
        """Return the JSON Web Key Set.

        Raises: Unfetched.
        """
        uri = self._jwks_uri or self.issuer.jwks_uri or self._discovered()
        try:
            document = _document(self.client(), uri)
        except Unfetched:
            self._jwks_uri = None  # the set may have moved: the next look asks the metadata again
            raise
        self._jwks_uri = uri
        return document

    def _discovered(self) -> str:
        metadata = _document(self.client(), f"{self.issuer.url.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer.url:
            raise Unfetched(f"the metadata of {self.issuer.url} is that of another issuer")
        uri = metadata.get("jwks_uri")
        if not isinstance(uri, str) or not is_protected(uri):
            raise Unfetched(f"the metadata of {self.issuer.url} names no key set at a protected address")
        return uri


class Connection:
    """One HTTP client for all issuers, made when it is first needed. It follows no redirect and keeps no cookie."""

    def __init__(self) -> None:
        self._client: httpx2.Client | None = None
        self._lock = Lock()

    def __call__(self) -> httpx2.Client:
        """Return the client."""
        with self._lock:
            if self._client is None:
                headers = {"accept": "application/json"}
                self._client = httpx2.Client(verify=_authorities(), timeout=PATIENCE_SECONDS, headers=headers)
            return self._client

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None


@cache
def _authorities() -> ssl.SSLContext:
    """Return the machine's authorities, which take longer to read than a key set takes to come: once a process."""
    return httpx2.create_ssl_context()


def is_protected(address: str) -> bool:
    """Tell whether nobody between can change what is read from an address: https, or a name of this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def _document(client: httpx2.Client, uri: str) -> Mapping[str, JsonValue]:
    try:
        with client.stream("GET", uri) as answer:
            if answer.status_code != _OK:
                raise Unfetched(f"{uri} answers {answer.status_code}")
            value = json.loads(_body(answer, uri))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unfetched(f"{uri} cannot be read: {error}") from None
    except (ValueError, RecursionError):
        raise Unfetched(f"{uri} is no JSON") from None
    if not isinstance(value, dict):
        raise Unfetched(f"{uri} is no JSON object")
    return value


def _body(answer: httpx2.Response, uri: str) -> bytes:
    body, until = b"", monotonic() + WHOLE_SECONDS
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > MAX_DOCUMENT_BYTES:
            raise Unfetched(f"{uri} is longer than {MAX_DOCUMENT_BYTES} bytes")
        if monotonic() > until:
            raise Unfetched(f"{uri} comes too slowly")
    return body
