"""The words that Envoy's configuration is made of. It is written as JSON, so no value can become more than a value."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Message = Mapping[str, object]
"""A message of Envoy's, by the names of its fields."""

EXTENSIONS: Final = "envoy.extensions"
_TYPES: Final = "type.googleapis.com"


def typed(kind: str, **fields: object) -> Message:
    """Return a message that says of which kind it is."""
    return {"@type": f"{_TYPES}/{EXTENSIONS}.{kind}", **fields}


def extension(name: str, kind: str, **fields: object) -> Message:
    """Return an extension by its name, with its configuration."""
    return {"name": name, "typed_config": typed(kind, **fields)}


def address(host: str | IPv4Address | IPv6Address, port: int) -> Message:
    """Return where something listens."""
    return {"socket_address": {"address": str(host), "port_value": port}}


def network(each: IPv4Network | IPv6Network) -> Message:
    """Return a network."""
    return {"address_prefix": str(each.network_address), "prefix_len": each.prefixlen}


def exactly(names: Iterable[str]) -> Message:
    """Return what matches these names and no other."""
    return {"patterns": [{"exact": name} for name in names]}


def matching(expression: str) -> Message:
    """Return what matches texts that are the whole of an expression."""
    return {"safe_regex": {"regex": expression}}


def overwritten(name: str, value: str) -> Message:
    """Return a header field that stands in the place of whatever came by its name."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
