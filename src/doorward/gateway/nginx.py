"""The gateway as nginx has it, from 1.22 on."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from doorward.core.kernel.errors import Refusal, TooMany
from doorward.gateway.description import PATIENCE_SECONDS, Gateway

_TEMPLATES: Final = Path(__file__).parent / "templates" / "nginx"
_SUFFIX: Final = ".j2"
_TOO_MANY: Final = 429
_IPV6: Final = 6


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names; they name one another as they will stand in `folder`."""
    ports = sorted({(site.port, site.is_tls) for site in gateway.sites})
    facts = {
        "sites": gateway.sites,
        "pools": gateway.pools,
        "rates": gateway.rates,
        "edge": gateway.edge,
        "identity": gateway.identity,
        "ports": ports,
        "folder": folder,
        "too_many": TooMany,
        "patience": PATIENCE_SECONDS,
    }
    templates = _environment()
    return {
        name.removesuffix(_SUFFIX): templates.get_template(name).render(facts) for name in templates.list_templates()
    }


@cache
def _environment() -> Environment:
    """Return what reads the templates. What comes into them was checked by its grammar, so nothing is escaped."""
    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(  # noqa: S701 (no page is made of it)
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["variable"] = lambda field: field.replace("-", "_")
    environment.filters["bracketed"] = lambda address: f"[{address}]" if address.version == _IPV6 else str(address)
    environment.filters["problem"] = _problem
    return environment


def _problem(refusal: type[Refusal]) -> str:
    """Return the document that the application answers with (RFC 9457), as far as a gateway can."""
    members = {
        "type": f"urn:doorward:problem:{refusal.code}",
        "title": refusal.__name__,
        "status": _TOO_MANY,
        "code": refusal.code,
        "detail": refusal.detail,
    }
    return json.dumps(members, separators=(",", ":"))
