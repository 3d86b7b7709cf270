"""Where requests go, site by site. The first that matches decides, so the longest path of a site stands first."""

from collections.abc import Iterator, Mapping
from typing import Final

from doorward.gateway.description import DOORWARD, Gateway, Place, Site
from doorward.gateway.envoy.clusters import HARMLESS, OWN_POOLS, sent_again
from doorward.gateway.envoy.filters import CALLER, FORWARDED_OF, LONGEST_BODY, of_place, of_site
from doorward.gateway.envoy.words import Message, matching, overwritten

SOCKETS: Final = "websocket"
"""The one thing that may be spoken on a line in the place of HTTP."""

_PATIENCE: Final = "60s"
_FEED: Final = "/v1/feed/revocations"
_FEED_PATIENCE: Final = "3600s"
_ENDLESS: Final = 2**63 - 1
_BAD, _NOT_FOUND, _TOO_LONG, _MISDIRECTED = 400, 404, 413, 421
_AMBIGUOUS: Final = r".*/\.\.?(?:;|%3[Bb]).*"
"""Ways up as some applications have them, and Envoy does not; others it goes by itself before it chooses a route."""


def hosts(gateway: Gateway, sites: tuple[Site, ...]) -> Iterator[Message]:
    """Yield the sites of a port, and what whoever asks for another name hears."""
    for site in sites:
        yield {
            "name": site.origin,
            "domains": names(site),
            "routes": [_named(route, site) for route in _routes(gateway, site)],
            "typed_per_filter_config": of_site(site),
            "request_headers_to_add": [overwritten("x-forwarded-for", CALLER)],
            "request_headers_to_remove": [*FORWARDED_OF, "x-envoy-external-address"],
        }
    yield {"name": "others", "domains": ["*"], "routes": [_refused(gateway, {"prefix": "/"}, _MISDIRECTED)]}


def names(site: Site) -> list[str]:
    """Return by which names browsers may ask for a site."""
    whole = f"{site.host}:{site.port}"
    return [site.host, whole] if site.origin.endswith(f"//{site.host}") else [whole]


def elsewhere(site: Site) -> Message:
    """Return a site of the port of clear text, whose requests are sent on to where they are encrypted."""
    sent = {"https_redirect": True, "response_code": "PERMANENT_REDIRECT"}
    return {
        "name": f"{site.origin} in clear text",
        "domains": [site.host, f"{site.host}:80"],
        "routes": [{"match": {"prefix": "/"}, "redirect": sent}],
    }


def _named(route: Message, site: Site) -> Message:
    """Return a route by which servers hear the site's own name, however a request writes it."""
    led = route.get("route")
    return {**route, "route": {**led, "host_rewrite_literal": site.authority}} if isinstance(led, Mapping) else route


def _routes(gateway: Gateway, site: Site) -> Iterator[Message]:
    yield _refused(gateway, matching(_AMBIGUOUS), _BAD)
    if site.is_guarded:
        yield from _own(gateway, {"path": "/forward-auth/callback"})
    if site.is_doorwards:
        yield _refused(gateway, {"path": "/metrics"}, _NOT_FOUND)
    for place in sorted(site.places, key=lambda place: -len(place.path)):
        yield from _place(gateway, place)
    if site.is_issuer:
        yield from _own(gateway, {"path": _FEED}, patience=_FEED_PATIENCE)
        yield from _uploads(gateway)
        yield _refused(gateway, _longer({"prefix": "/"}, LONGEST_BODY), _TOO_LONG)
        yield from _own(gateway, {"prefix": "/"})
    else:
        yield _refused(gateway, {"prefix": "/"}, _NOT_FOUND)


def _place(gateway: Gateway, place: Place) -> Iterator[Message]:
    chosen = of_place(gateway, guarded=place.is_guarded, whole_bodies=place.pool in OWN_POOLS, taken=place.tokens)
    if place.path != "/":
        yield {
            "match": {"path": place.path.rstrip("/")},
            "redirect": {"path_redirect": place.path, "response_code": "MOVED_PERMANENTLY"},
            "typed_per_filter_config": of_place(gateway, guarded=False, whole_bodies=False),
        }
    match, pool = {"prefix": place.path}, str(place.pool)
    if pool not in OWN_POOLS:
        yield _sockets(pool, match, chosen)
    yield from _led(pool, match, chosen)


def _uploads(gateway: Gateway) -> Iterator[Message]:
    """Yield the routes of bodies that are sent on as they come. Past the length that they announce Doorward counts."""
    if gateway.uploads is None:
        return
    chosen = of_place(gateway, guarded=False, whole_bodies=False)
    for path in gateway.uploads.paths:
        match = {"path_separated_prefix": path}
        yield _refused(gateway, _longer(match, gateway.uploads.max_bytes), _TOO_LONG)
        yield from _led(DOORWARD, match, chosen)


def _longer(match: Message, most: int) -> Message:
    """Return what matches requests that announce a body of more bytes."""
    return {**match, "headers": [{"name": "content-length", "range_match": {"start": most + 1, "end": _ENDLESS}}]}


def _own(gateway: Gateway, match: Message, *, patience: str = _PATIENCE) -> Iterator[Message]:
    """Yield the routes to Doorward itself, whose bodies are short."""
    chosen = of_place(gateway, guarded=False, whole_bodies=True)
    return _led(DOORWARD, match, chosen, patience=patience)


def _led(pool: str, match: Message, chosen: Message, *, patience: str = _PATIENCE) -> Iterator[Message]:
    """Yield two routes to a pool: requests that may be sent twice, and all others."""
    harmless = {**match, "headers": [{"name": ":method", "string_match": matching(HARMLESS)}]}
    for each, is_harmless in ((harmless, True), (match, False)):
        yield {
            "match": each,
            "route": {
                "cluster": pool,
                "timeout": "0s",
                "idle_timeout": patience,
                "retry_policy": sent_again(harmless=is_harmless),
            },
            "typed_per_filter_config": chosen,
        }


def _sockets(pool: str, match: Message, chosen: Message) -> Message:
    """Return the route of sockets. No field but theirs is named as one that ends at the next server."""
    return {
        "match": {**match, "headers": [{"name": "upgrade", "string_match": {"exact": SOCKETS, "ignore_case": True}}]},
        "route": {
            "cluster": pool,
            "timeout": "0s",
            "idle_timeout": _PATIENCE,
            "retry_policy": sent_again(harmless=False),
            "upgrade_configs": [{"upgrade_type": SOCKETS, "enabled": True}],
        },
        "request_headers_to_add": [overwritten("connection", "upgrade")],
        "typed_per_filter_config": chosen,
    }


def _refused(gateway: Gateway, match: Message, status: int) -> Message:
    return {
        "match": match,
        "direct_response": {"status": status},
        "typed_per_filter_config": of_place(gateway, guarded=False, whole_bodies=False),
    }
