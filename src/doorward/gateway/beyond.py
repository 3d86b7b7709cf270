"""What is described and not every kind of gateway can do: reading tokens by itself, sending kept files by itself."""

from collections.abc import Iterator

from doorward.gateway.description import Gateway
from doorward.settings.problems import Problem, SettingsInvalid


def require_none(gateway: Gateway, name: str, *, sends_files: bool = False) -> None:
    """Return where nothing is left to a kind of gateway that reads no tokens, and may send no files either.

    Raises: SettingsInvalid.
    """
    problems = [*_unread(gateway, name), *(() if sends_files else unsent(gateway, name))]
    if problems:
        raise SettingsInvalid(problems)


def unsent(gateway: Gateway, name: str) -> Iterator[Problem]:
    """Yield a problem where Doorward leaves it to a gateway to send files, and this kind sends none."""
    if gateway.kept is not None:
        what = f"doorward.toml has files_accel, and {name} sends no files in Doorward's place."
        remedy = "Take files_accel out, so that Doorward sends them itself, or let nginx stand there."
        yield Problem(what, "Every kept file would arrive empty.", remedy)


def counted_as_one(gateway: Gateway, name: str) -> Iterator[Problem]:
    """Yield what comes of it where ::ffff:192.0.2.1 is an address of IPv6, of which a /64 is one caller."""
    if gateway.edge.behind:
        what = f"{name} takes all whom a proxy writes as ::ffff:ADDRESS for one caller."
        remedy = "Let the proxy write addresses of IPv4 as they are, or let nginx stand there."
        yield Problem(what, "One of them would use up the limits of all.", remedy)


def _unread(gateway: Gateway, name: str) -> Iterator[Problem]:
    """Yield a problem for each application whose tokens the gateway is to read: to one that reads none it is open."""
    for site in gateway.sites:
        for place in site.places:
            if place.tokens is not None:
                what = f"{site.origin}{place.path} is bearer_only, and {name} reads no tokens."
                remedy = "Take bearer_only out, so that Doorward is asked, or let Envoy stand there."
                yield Problem(what, "Nobody else would look at who comes.", remedy)
