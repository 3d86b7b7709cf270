"""One grammar for every URI that is registered: so narrow that a browser, a client and this server read it alike.

Nothing is normalised. What two readers could take for different places is refused, with a reason for its author.
Source: RFC 3986; RFC 9700 sections 2.1 and 4.1.3; RFC 8252 sections 7.1 to 7.3 and 8.3.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

import idna

from doorward.core.kernel.errors import Invalid

LONGEST: Final = 1024
LOOPBACK_ADDRESSES: Final = frozenset({"127.0.0.1", "[::1]"})
LOCALHOST: Final = "localhost"

_LONGEST_HOST: Final = 253
_HIGHEST_PORT: Final = 65_535
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SCHEME: Final = r"[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+"
_CHARACTERS: Final = r"(?:[A-Za-z0-9._~!$&()+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_IN_QUERY: Final = r"(?:[A-Za-z0-9._~!$&()+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_TAIL: Final = rf"(?P<path>(?:/{_CHARACTERS})?)(?P<query>(?:\?{_IN_QUERY})?)"
_WEB: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]*))?{_TAIL}"
)
_PRIVATE_USE: Final = re.compile(rf"(?P<scheme>{_SCHEME}):(?://(?P<host>{_LABEL}(?:\.{_LABEL})*)|(?=/(?!/))){_TAIL}")
_URN: Final = re.compile(rf"urn:[a-z0-9][a-z0-9-]{{1,30}}:[A-Za-z0-9]{_CHARACTERS}")
_HOST_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTS: Final = frozenset({b".", b".."})
_SPACE: Final = 0x20
_DELETE: Final = 0x7F

_SHAPE: Final = (
    "Use an absolute https URI of plain ASCII: a lower-case host without user or password, no fragment, "
    "no wildcard, no backslash, at most 1024 characters."
)
_HOST: Final = "The host is not written as every browser writes it. Use a lower-case name or a plain address."
_TRICKS: Final = "The path holds dot segments or an encoded character that some servers decode twice. Write it plainly."
_PLAIN_HTTP: Final = "http is only for this machine: 127.0.0.1, [::1] or localhost. Use https."


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI that was read. `host` is None where there is none; `rest` is path and query as they stand."""

    text: str
    scheme: str
    host: str | None
    port: int | None
    path: str
    query: str

    @property
    def rest(self) -> str:
        """Everything after the authority."""
        return self.path + self.query

    @property
    def is_loopback(self) -> bool:
        """Tell whether it leads to the machine that the browser runs on, without encryption."""
        return self.scheme == "http"


def read(text: str, *, pointer: str) -> Uri:
    """Return an https URI, or an http URI of this machine.

    Raises: Invalid.
    """
    found = _WEB.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise Invalid(pointer, _SHAPE)
    uri = _uri(text, found)
    if uri.port is not None and uri.port > _HIGHEST_PORT:
        raise Invalid(pointer, _SHAPE)
    if not is_host(uri.host or ""):
        raise Invalid(pointer, _HOST)
    if uri.scheme == "http" and uri.host not in LOOPBACK_ADDRESSES | {LOCALHOST}:
        raise Invalid(pointer, _PLAIN_HTTP)
    return _plain(uri, pointer)


def read_private_use(text: str, *, pointer: str) -> Uri | None:
    """Return a URI whose scheme is a reversed domain name, `com.example.app:/signed-in`; None: it is of another kind.

    Raises: Invalid.
    """
    found = _PRIVATE_USE.fullmatch(text) if len(text) <= LONGEST else None
    return None if found is None else _plain(_uri(text, found), pointer)


def check_link(text: str, *, pointer: str, is_first_party: bool) -> str:
    """Return a URI that is shown to people or called by this server: https, or of this machine for our own clients.

    Raises: Invalid.
    """
    if read(text, pointer=pointer).is_loopback and not is_first_party:
        raise Invalid(pointer, "Use https; http to this machine is only for first-party clients.")
    return text


def check_resource(text: str, *, pointer: str) -> str:
    """Return what names a resource server: a URN, an https URI, or an http URI of this machine.

    Source: RFC 8707 section 2 (absolute, without a fragment).
    Raises: Invalid.
    """
    if len(text) <= LONGEST and _URN.fullmatch(text):
        return text
    return read(text, pointer=pointer).text


def is_host(host: str) -> bool:
    """Tell whether every reader of URLs takes `host` as it stands, for the same name or address.

    Source: RFC 1123 section 2.1; RFC 5891 section 4; RFC 5952 section 4.
    """
    if host.startswith("["):
        return _is_ipv6(host[1:-1])
    if len(host) > _LONGEST_HOST or not _HOST_NAME.fullmatch(host):
        return False
    labels = host.split(".")
    # What ends in a number is an IPv4 address to browsers, in octal, in hexadecimal or with parts left out.
    return _is_ipv4(host) if _NUMBER.fullmatch(labels[-1]) else all(map(_is_label, labels))


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _is_ipv6(inner: str) -> bool:
    try:
        address = ipaddress.IPv6Address(inner)
    except ValueError:
        return False
    # An embedded IPv4 address is spelled in two ways.
    return address.ipv4_mapped is None and address.compressed == inner


def _is_label(label: str) -> bool:
    """Tell whether a label that claims to be encoded is the one encoding of letters that a host may have."""
    if not label.startswith("xn--"):
        return True
    try:
        return idna.alabel(idna.ulabel(label)).decode() == label
    except idna.IDNAError:
        return False


def _plain(uri: Uri, pointer: str) -> Uri:
    path, query = unquote_to_bytes(uri.path), unquote_to_bytes(uri.query)
    if any(segment.partition(b";")[0] in _DOTS for segment in path.split(b"/")):
        raise Invalid(pointer, _TRICKS)
    if any(_is_trick(byte) for byte in path + query):
        raise Invalid(pointer, _TRICKS)
    return uri


def _is_trick(byte: int) -> bool:
    return byte < _SPACE or byte == _DELETE or byte in b"%\\"


def _uri(text: str, found: re.Match[str]) -> Uri:
    parts = found.groupdict()
    port = parts.get("port")
    return Uri(text, parts["scheme"], parts["host"], int(port) if port else None, parts["path"], parts["query"])
