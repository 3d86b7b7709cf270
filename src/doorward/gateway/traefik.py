"""The gateway as Traefik has it, from 3.7.13 on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

from doorward.gateway.beyond import counted_as_one, require_none
from doorward.gateway.description import BROUGHT, PATIENCE_SECONDS, SIGN_IN, Gateway, Rate, Site
from doorward.gateway.templates import bracketed, filled
from doorward.settings.problems import Problem, SettingsInvalid

_HTTP: Final = 80
_HTTPS: Final = 443
_MINUTE_SECONDS: Final = 60
_EVERYWHERE: Final = IPv6Address("::")
_ROOTS: Final[Mapping[bool, str]] = {True: "doorward-tls", False: "doorward-plain"}


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """Where Traefik listens."""

    name: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Root:
    """The router above all others that speak TLS, or above all that do not."""

    name: str
    is_tls: bool
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secured:
    """Sites that are sent from the port without TLS to the one with it."""

    entries: tuple[str, ...]
    sites: tuple[Site, ...]


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names; they name one another as they will stand in `folder`.

    Raises: SettingsInvalid, where an application is made of files, of which Traefik serves none, or is bearer_only.
    """
    require_none(gateway, "Traefik")
    problems = list(_made_of_files(gateway.sites))
    if problems:
        raise SettingsInvalid(problems)
    secured = tuple(site for site in gateway.sites if site.is_tls and site.port == _HTTPS)
    entries = tuple(_entries(gateway, has_secured=bool(secured)))
    facts = {
        "sites": gateway.sites,
        "pools": gateway.pools,
        "rates": gateway.rates,
        "edge": gateway.edge,
        "identity": gateway.identity,
        "brought": BROUGHT,
        "sign_in": SIGN_IN,
        "entries": entries,
        "roots": tuple(_roots(gateway.sites, entries)),
        "root_of": _ROOTS,
        "secured": Secured(_names(entries, {_HTTP}), secured) if secured else None,
        "folder": folder,
        "patience": PATIENCE_SECONDS,
    }
    return filled("traefik", facts)


def differs(gateway: Gateway) -> Iterator[Problem]:
    """Yield what is described and what Traefik does otherwise."""
    for rate in gateway.rates:
        if rate.is_per_minute:
            yield _forgets(rate)
    if gateway.edge.behind:
        what = "Traefik takes the last address that the proxy before it names, whoever that is."
        why = "Where several proxies stand one behind another, all callers would count as one."
        yield Problem(what, why, "Let the nearest proxy name the caller last, or let nginx stand there.")
    yield from counted_as_one(gateway, "Traefik")
    if gateway.edge.verdict_seconds:
        what = f"Traefik keeps no yes of Doorward for {gateway.edge.verdict_seconds} s: it asks about each request."
        why = "Nobody is let in for longer than they may; pages of many parts cost as many questions."
        yield Problem(what, why, "Set verdict_seconds = 0 in topology.toml, or let nginx stand there.")


def _forgets(rate: Rate) -> Problem:
    """Return what comes of it that Traefik keeps a count only for as long as one request takes to be made up for."""
    seconds = 1 + max(1, _MINUTE_SECONDS // rate.amount)
    return Problem(
        f"Traefik forgets callers who are silent for {seconds} s: it lets in {rate.amount} sign-ins each time.",
        f"The limit is {rate.amount} a minute; what the application itself counts still holds.",
        "Nothing, if that will do; otherwise let nginx stand there.",
    )


def _made_of_files(sites: Sequence[Site]) -> Iterator[Problem]:
    for site in sites:
        for place in site.places:
            if place.root is not None:
                what = f"{site.origin}{place.path} is made of the files in {place.root}, and Traefik serves no files."
                remedy = "Give it servers in topology.toml instead of root, or let nginx or Caddy stand there."
                yield Problem(what, "Whoever asks for it would find nothing.", remedy)


def _entries(gateway: Gateway, *, has_secured: bool) -> Iterator[EntryPoint]:
    """Yield where it listens. What listens on every address of IPv6 does so on every one of IPv4 as well."""
    listen = gateway.edge.listen
    addresses = (_EVERYWHERE,) if _EVERYWHERE in listen else listen
    ports = {site.port for site in gateway.sites} | ({_HTTP} if has_secured else set())
    for port in sorted(ports):
        for number, address in enumerate(addresses, 1):
            yield EntryPoint(f"port-{port}-{number}", f"{bracketed(address)}:{port}", port)


def _roots(sites: Sequence[Site], entries: Sequence[EntryPoint]) -> Iterator[Root]:
    for is_tls, name in _ROOTS.items():
        ports = {site.port for site in sites if site.is_tls is is_tls}
        if ports:
            yield Root(name, is_tls, _names(entries, ports))


def _names(entries: Sequence[EntryPoint], ports: set[int]) -> tuple[str, ...]:
    return tuple(entry.name for entry in entries if entry.port in ports)
