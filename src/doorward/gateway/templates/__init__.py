"""The texts of configurations, a folder for each gateway, and how they are filled in."""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from doorward.gateway.too_many import problem

_SUFFIX: Final = ".j2"
_IPV6: Final = 6


def filled(gateway: str, facts: Mapping[str, object]) -> Mapping[str, str]:
    """Return the files of a kind of gateway by their names, with these facts in them."""
    templates = _environment(gateway)
    return {
        name.removesuffix(_SUFFIX): templates.get_template(name).render(facts) for name in templates.list_templates()
    }


def bracketed(address: IPv4Address | IPv6Address) -> str:
    """Return an address as it stands before a port."""
    return f"[{address}]" if address.version == _IPV6 else str(address)


@cache
def _environment(gateway: str) -> Environment:
    """Return what reads the templates. What comes into them was checked by its grammar, so nothing is escaped."""
    loader = FileSystemLoader(Path(__file__).parent / gateway)
    environment = Environment(  # noqa: S701 (no page is made of it)
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["variable"] = lambda field: field.replace("-", "_")
    environment.filters["bracketed"] = bracketed
    environment.filters["problem"] = problem
    return environment
