"""The gateway as Caddy has it, from 2.11 on."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from doorward.gateway.beyond import require_none
from doorward.gateway.description import AMBIGUOUS, BROUGHT, PATIENCE_SECONDS, Gateway
from doorward.gateway.templates import bracketed, filled
from doorward.settings.problems import Problem

_EVERYWHERE: Final = frozenset({IPv4Address("0.0.0.0"), IPv6Address("::")})  # noqa: S104 (a gateway is for everybody)
_HTTP: Final = 80
_HTTPS: Final = 443
_NETWORKS: Final[Mapping[int, str]] = {4: "tcp4", 6: "tcp6"}
_SIGNS: Final = "_.!#$%&'*+^`|~"
"""What the name of a field may hold besides letters, digits and dashes (RFC 9110 section 5.6.2)."""


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names.

    Raises: SettingsInvalid, where an application is bearer_only, or the gateway is to send kept files.
    """
    require_none(gateway, "Caddy")
    facts = {
        "sites": gateway.sites,
        "pools": {pool.name: pool.servers for pool in gateway.pools},
        "rates": gateway.rates,
        "edge": gateway.edge,
        "uploads": gateway.uploads,
        "identity": gateway.identity,
        "brought": BROUGHT,
        "ambiguous": AMBIGUOUS,
        "signs": _SIGNS,
        "bind": tuple(_bind(gateway)),
        "ports": sorted(set(_ports(gateway))),
        "folder": folder,
        "patience": PATIENCE_SECONDS,
    }
    return filled("caddy", facts)


def differs(gateway: Gateway) -> Iterator[Problem]:
    """Yield what is described and what Caddy does otherwise."""
    yield Problem(
        "Caddy limits nobody: it counts no requests unless it is built with a plugin.",
        "The first of two tiers is missing; what the application itself counts still holds.",
        "Let nginx or Traefik stand there, or something before Caddy that counts.",
    )
    if gateway.edge.verdict_seconds:
        what = f"Caddy keeps no yes of Doorward for {gateway.edge.verdict_seconds} s: it asks about each request."
        why = "Nobody is let in for longer than they may; pages of many parts cost as many questions."
        yield Problem(what, why, "Set verdict_seconds = 0 in topology.toml, or let nginx stand there.")


def _ports(gateway: Gateway) -> Iterator[tuple[int, bool]]:
    """Yield where it listens, and whether for TLS; whoever comes to 443 may come to 80 first."""
    for port, is_tls in {(site.port, site.is_tls) for site in gateway.sites}:
        yield port, is_tls
        if port == _HTTPS and is_tls:
            yield _HTTP, False


def _bind(gateway: Gateway) -> Iterator[str]:
    """Yield where it listens; nothing means everywhere."""
    if set(gateway.edge.listen) >= _EVERYWHERE:
        return
    for address in gateway.edge.listen:
        yield f"{_NETWORKS[address.version]}/{bracketed(address)}"
