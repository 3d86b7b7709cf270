"""The gateway as nginx has it, from 1.22 on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from doorward.core.kernel.errors import TooMany
from doorward.gateway.description import PATIENCE_SECONDS, Gateway
from doorward.gateway.templates import filled
from doorward.settings.problems import Problem


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names; they name one another as they will stand in `folder`."""
    facts = {
        "sites": gateway.sites,
        "pools": gateway.pools,
        "rates": gateway.rates,
        "edge": gateway.edge,
        "uploads": gateway.uploads,
        "identity": gateway.identity,
        "ports": sorted({(site.port, site.is_tls) for site in gateway.sites}),
        "folder": folder,
        "too_many": TooMany,
        "patience": PATIENCE_SECONDS,
    }
    return filled("nginx", facts)


def differs(_: Gateway) -> Iterator[Problem]:
    """Yield what is described and what nginx does otherwise: nothing."""
    return iter(())
