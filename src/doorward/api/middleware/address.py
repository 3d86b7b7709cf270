"""Which network address a request comes from."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Network = IPv4Network | IPv6Network

_MOST_KEPT: Final = 4096
_LONGEST_KEPT: Final = 64
"""Longer chains are read each time: what is kept must not grow with what callers claim."""


class Proxies:
    """The proxies whose word about the caller's address counts. What was found of an address is kept for the next time.

    Only what a trusted proxy says is believed: the chain in X-Forwarded-For is read from the right, past the trusted
    ones, to the first that is not. Whatever else a peer claims about where it comes from is ignored.
    """

    def __init__(self, networks: tuple[Network, ...]) -> None:
        self._networks = networks
        self.trust = lru_cache(maxsize=_MOST_KEPT)(self._trust)
        self._client_kept = lru_cache(maxsize=_MOST_KEPT)(self._client)

    def client(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """Return the address of the client, or None when it cannot be told."""
        if forwarded_for is None or not self.trust(peer):
            return peer
        return (self._client_kept if len(forwarded_for) <= _LONGEST_KEPT else self._client)(forwarded_for)

    def _trust(self, address: str | None) -> bool:
        """Tell whether an address belongs to one of the trusted networks."""
        parsed = _parse(address or "")
        return parsed is not None and any(
            parsed.version == network.version and parsed in network for network in self._networks
        )

    def _client(self, forwarded_for: str) -> str | None:
        return self._first_untrusted(reversed(forwarded_for.split(",")))

    def _first_untrusted(self, hops: Iterable[str]) -> str | None:
        hop = None
        for hop in (claimed.strip() for claimed in hops):
            if _parse(hop) is None:
                return None
            if not self._trust(hop):
                return hop
        return hop


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
