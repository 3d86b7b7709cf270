"""Applications whose tokens a gateway is to read by itself."""

from collections.abc import Iterator

from doorward.gateway.description import Gateway
from doorward.settings.problems import Problem, SettingsInvalid


def require_none(gateway: Gateway, name: str) -> None:
    """Return where no application leaves it to the gateway to read tokens: to a kind that reads none it would be open.

    Raises: SettingsInvalid.
    """
    problems = list(_unread(gateway, name))
    if problems:
        raise SettingsInvalid(problems)


def _unread(gateway: Gateway, name: str) -> Iterator[Problem]:
    for site in gateway.sites:
        for place in site.places:
            if place.tokens is not None:
                what = f"{site.origin}{place.path} is bearer_only, and {name} reads no tokens."
                remedy = "Take bearer_only out, so that Doorward is asked, or let Envoy stand there."
                yield Problem(what, "Nobody else would look at who comes.", remedy)
