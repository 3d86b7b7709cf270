"""Which addresses requests may go to.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: Final = "loopback"
_NOT_GLOBAL: Final = "not global"
_GLOBAL_V6: Final = IPv6Network("2000::/3")
"""The only part of IPv6 that global unicast addresses are given out from (RFC 4291 section 2.4)."""

RANGES: Final[tuple[tuple[str, Network], ...]] = tuple(
    (name, ip_network(network))
    for name, networks in (
        (LOOPBACK, ("127.0.0.0/8", "::1/128")),
        ("unspecified", ("0.0.0.0/8", "::/128")),
        ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
        ("unique local", ("fc00::/7",)),
        ("shared", ("100.64.0.0/10",)),
        ("link-local", ("169.254.0.0/16", "fe80::/10")),
        ("site-local", ("fec0::/10",)),
        ("multicast", ("224.0.0.0/4", "ff00::/8")),
        ("mapped", ("::ffff:0:0/96", "::ffff:0:0:0/96")),
        ("compatible", ("::/96",)),
        ("NAT64", ("64:ff9b::/96", "64:ff9b:1::/48")),
        ("6to4", ("2002::/16", "192.88.99.0/24")),
        ("Teredo", ("2001::/32",)),
        ("protocol assignments", ("192.0.0.0/24", "2001::/23")),
        ("documentation", ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")),
        ("benchmarking", ("198.18.0.0/15",)),
        ("relay", ("192.52.193.0/24",)),
        ("reserved", ("240.0.0.0/4",)),
    )
    for network in networks
)
"""What is refused, by name; the first that holds an address names it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What requests may reach besides the open internet.

    `private_networks` are those that an operator named, over https alone. `loopback_for_development` lets requests
    reach this machine, over http too.
    """

    private_networks: tuple[Network, ...] = ()
    loopback_for_development: bool = False


def refused_as(address: Address, reach: Reach, *, is_plain: bool) -> str | None:
    """Return as what an address is refused, or None when it may be connected to; `is_plain` is http without the s."""
    name = _range_of(address)
    if name == LOOPBACK and reach.loopback_for_development:
        return None
    if is_plain:
        return name or "not on this machine"
    if any(address in network for network in reach.private_networks):
        return None
    return name


def _range_of(address: Address) -> str | None:
    for name, network in RANGES:
        if address in network:
            return name
    return _NOT_GLOBAL if isinstance(address, IPv6Address) and address not in _GLOBAL_V6 else None
