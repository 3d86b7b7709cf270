"""Which bucket, where it stands, and who asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SEGMENT: Final = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9!_.*'()-]+"
_PREFIX: Final = re.compile(rf"(?:{_SEGMENT}(?:/{_SEGMENT})*)?")
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
_OPTIONS: Final = frozenset({"endpoint", "region", "style", "tls"})


class Style(StrEnum):
    """Where a request names the bucket: in its path, which every server understands, or in the name of the host."""

    PATH = "path"
    VIRTUAL = "virtual"


@dataclass(frozen=True, slots=True)
class S3Place:
    """A part of a bucket. `endpoint` is None at AWS.

    Without a key id and a secret, they are found as the tools of AWS find them: variables, a role, the machine.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    style: Style = Style.PATH
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the place of `s3://KEY_ID:SECRET@BUCKET/PREFIX?endpoint=https://HOST&region=NAME&style=path`.

        Raises: ValueError; the text never holds the URL.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError("the bucket's URL cannot be read") from None
        user, _, bucket = parts.netloc.rpartition("@")
        prefix = parts.path.strip("/")
        if parts.scheme != "s3" or parts.fragment or not _BUCKET.fullmatch(bucket) or not _PREFIX.fullmatch(prefix):
            raise ValueError("a bucket's URL has the form s3://BUCKET/PREFIX")
        key_id, _, secret = user.partition(":")
        if bool(key_id) != bool(secret):
            raise ValueError("a bucket's URL names a key id and its secret, or neither")
        options = _options(parts)
        return cls(
            bucket=bucket,
            prefix=prefix,
            endpoint=_endpoint(options),
            region=_region(options),
            style=_style(options),
            key_id=unquote(key_id) or None,
            secret=unquote(secret) or None,
        )

    @property
    def address(self) -> str | None:
        """What requests are sent to; with the style `virtual` the bucket is part of the host's name."""
        if self.endpoint is None or self.style is Style.PATH:
            return self.endpoint
        scheme, _, host = self.endpoint.partition("://")
        return f"{scheme}://{self.bucket}.{host}"

    @property
    def is_open(self) -> bool:
        """Tell whether requests go unencrypted."""
        return self.endpoint is not None and self.endpoint.startswith("http://")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def _options(parts: SplitResult) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError("the options of the bucket's URL cannot be read") from None
    options = dict(pairs)
    if len(options) != len(pairs) or not set(options) <= _OPTIONS:
        raise ValueError(f"a bucket's URL has these options, each once: {', '.join(sorted(_OPTIONS))}")
    if options.get("tls", "never") != "never":
        raise ValueError("tls is never, or is left out")
    return options


def _endpoint(options: Mapping[str, str]) -> str | None:
    """Return the endpoint. What is kept is private: it goes openly on this machine alone, or where that is said."""
    endpoint = options.get("endpoint")
    if endpoint is None:
        return None
    try:
        parts = urlsplit(endpoint)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        raise ValueError("the endpoint of the bucket's URL cannot be read") from None
    host = parts.hostname or ""
    plain = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
    if parts.scheme not in {"http", "https"} or not host or endpoint.lower().rstrip("/") != plain:
        raise ValueError("the endpoint is https://HOST or https://HOST:PORT")
    if parts.scheme == "http" and not _is_local(host) and "tls" not in options:
        raise ValueError("files would go unencrypted to the endpoint: use https, or add tls=never where nobody listens")
    return plain


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _region(options: Mapping[str, str]) -> str | None:
    region = options.get("region")
    if region is not None and not _REGION.fullmatch(region):
        raise ValueError("a region is a name such as eu-central-1")
    return region


def _style(options: Mapping[str, str]) -> Style:
    try:
        return Style(options.get("style", Style.PATH))
    except ValueError:
        raise ValueError("the style is path or virtual") from None
