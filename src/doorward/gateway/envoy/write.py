"""Writing the gateway down for Envoy: one file, and one that says where the certificate is."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from doorward.gateway.beyond import counted_as_one, unsent
from doorward.gateway.description import Gateway
from doorward.gateway.envoy.clusters import clusters
from doorward.gateway.envoy.listeners import CERTIFICATE, listeners
from doorward.gateway.envoy.words import Message, typed
from doorward.settings.problems import Problem, SettingsInvalid

FILE: Final = "doorward.json"


def written(gateway: Gateway, folder: Path) -> Mapping[str, str]:
    """Return the files of a gateway by their names; they name one another as they will stand in `folder`.

    Raises: SettingsInvalid, where the gateway is to do what Envoy cannot.
    """
    problems = [*_beyond(gateway), *unsent(gateway, "Envoy")]
    if problems:
        raise SettingsInvalid(problems)
    whole = {
        "node": {"id": "gateway", "cluster": "doorward"},
        "static_resources": {
            "listeners": list(listeners(gateway, folder)),
            "clusters": list(clusters(gateway)),
        },
        "overload_manager": _BOUNDED,
    }
    files = {FILE: _text(whole)}
    if any(site.is_tls for site in gateway.sites):
        files[CERTIFICATE] = _text(_certificate(gateway))
    return files


def differs(gateway: Gateway) -> Iterator[Problem]:
    """Yield what is described and what Envoy does otherwise."""
    yield from counted_as_one(gateway, "Envoy")
    if gateway.edge.verdict_seconds:
        what = f"Envoy keeps no yes of Doorward for {gateway.edge.verdict_seconds} s: it asks about each request."
        why = "Nobody is let in for longer than they may; pages of many parts cost as many questions."
        yield Problem(what, why, "Set verdict_seconds = 0 in topology.toml, or let nginx stand there.")


def _beyond(gateway: Gateway) -> Iterator[Problem]:
    """Yield a problem for each folder of files: Envoy serves none."""
    for site in gateway.sites:
        for place in site.places:
            if place.root is not None:
                why = "It leads requests to servers, and reads no files itself."
                remedy = (
                    f"Serve {place.root} by `doorward frontend`, and give the application servers instead of a root."
                )
                yield Problem(f"Envoy cannot serve the files of {site.origin}{place.path}.", why, remedy)


def _certificate(gateway: Gateway) -> Message:
    """Return where the certificate is. Envoy looks at it again when one of its files is put in place by renaming."""
    pair = {
        "certificate_chain": {"filename": str(gateway.edge.certificate)},
        "private_key": {"filename": str(gateway.edge.key)},
    }
    return {"resources": [typed("transport_sockets.tls.v3.Secret", name="doorward", tls_certificate=pair)]}


def _text(message: Message) -> str:
    return json.dumps(message, indent=2) + "\n"


_BOUNDED: Final[Message] = {
    "resource_monitors": [
        {
            "name": "envoy.resource_monitors.global_downstream_max_connections",
            "typed_config": typed(
                "resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                max_active_downstream_connections=50_000,
            ),
        }
    ]
}
