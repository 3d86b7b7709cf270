"""The gateway as nginx has it, from 1.22 on."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from doorward.core.kernel.errors import TooMany
from doorward.gateway.beyond import require_none
from doorward.gateway.description import AMBIGUOUS, BROUGHT, PATIENCE_SECONDS, SIGN_IN, Gateway, Site
from doorward.gateway.templates import filled
from doorward.gateway.too_many import PAGE
from doorward.settings.problems import Problem

_HTTP: Final = 80
_HTTPS: Final = 443


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names; they name one another as they will stand in `folder`.

    Raises: SettingsInvalid, where an application is bearer_only.
    """
    require_none(gateway, "nginx", sends_files=True)
    facts = {
        "sites": gateway.sites,
        "pools": gateway.pools,
        "rates": gateway.rates,
        "edge": gateway.edge,
        "uploads": gateway.uploads,
        "kept": gateway.kept,
        "identity": gateway.identity,
        "brought": BROUGHT,
        "ambiguous": AMBIGUOUS,
        "sign_in": SIGN_IN,
        "kept_seconds": max(gateway.edge.verdict_seconds - 1, 0),
        "ports": sorted(_ports(gateway.sites)),
        "folder": folder,
        "too_many": TooMany,
        "page": PAGE.format(seconds="$doorward_retry_after"),
        "patience": PATIENCE_SECONDS,
    }
    return filled("nginx", facts)


def _ports(sites: Sequence[Site]) -> Iterator[tuple[int, bool]]:
    """Yield where it listens, and whether by TLS; from port 80 it leads on to those that are behind TLS."""
    yield from {(site.port, site.is_tls) for site in sites}
    if any(site.is_tls and site.port == _HTTPS for site in sites) and all(site.port != _HTTP for site in sites):
        yield _HTTP, False


def differs(_: Gateway) -> Iterator[Problem]:
    """Yield what is described and what nginx does otherwise: nothing."""
    return iter(())
