"""Which network address a request comes from."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def client_address(peer: str | None, forwarded_for: str | None, trusted: tuple[Network, ...]) -> str | None:
    """Return the address of the client, or None when it cannot be told.

    Only what a trusted proxy says is believed: the chain in X-Forwarded-For is read from the right, past the trusted
    ones, to the first that is not. Whatever else a peer claims about where it comes from is ignored.
    """
    if not trusted or forwarded_for is None or not is_trusted(peer, trusted):
        return peer
    return _first_untrusted(reversed(forwarded_for.split(",")), trusted)


def is_trusted(address: str | None, trusted: tuple[Network, ...]) -> bool:
    """Tell whether an address belongs to one of the trusted networks."""
    parsed = _parse(address or "")
    return parsed is not None and any(parsed.version == network.version and parsed in network for network in trusted)


def _first_untrusted(hops: Iterable[str], trusted: tuple[Network, ...]) -> str | None:
    hop = None
    for hop in (claimed.strip() for claimed in hops):
        if _parse(hop) is None:
            return None
        if not is_trusted(hop, trusted):
            return hop
    return hop


@lru_cache(maxsize=4096)
def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
