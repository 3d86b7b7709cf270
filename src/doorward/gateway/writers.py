"""Every kind of gateway that can be written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from doorward.gateway import caddy, nginx, traefik
from doorward.gateway.description import Gateway
from doorward.gateway.envoy import write as envoy
from doorward.settings.problems import Problem


@dataclass(frozen=True, slots=True)
class Writer:
    """How a kind of gateway is written.

    `written` returns its files as they will stand in a folder, and raises SettingsInvalid where it cannot do what is
    described; `differs` yields what it does otherwise. In `next_step` stands {folder}.
    """

    help: str
    written: Callable[[Gateway, Path], Mapping[str, str]]
    differs: Callable[[Gateway], Iterator[Problem]]
    next_step: str


WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "nginx": Writer(
            "Write the configuration of nginx: sites, limits, the question to Doorward, TLS, files.",
            nginx.written,
            nginx.differs,
            "Write `include {folder}/doorward.conf;` into the http block of nginx.conf, "
            "then `nginx -t && nginx -s reload`.",
        ),
        "traefik": Writer(
            "Write the configuration of Traefik: sites, limits, the question to Doorward, TLS.",
            traefik.written,
            traefik.differs,
            "Start it with `traefik --configFile={folder}/traefik.yaml`; of doorward.yaml it takes up every change.",
        ),
        "caddy": Writer(
            "Write the configuration of Caddy: sites, the question to Doorward, TLS, files; it has no limits.",
            caddy.written,
            caddy.differs,
            "Start it with `caddy run --adapter caddyfile --config {folder}/Caddyfile`, "
            "and let it read what changed with `kill -USR1`.",
        ),
        "envoy": Writer(
            "Write the configuration of Envoy: sites, limits, the question to Doorward, tokens, TLS.",
            envoy.written,
            envoy.differs,
            "Look at it with `envoy --mode validate -c {folder}/doorward.json`, "
            "and start it with `envoy -c {folder}/doorward.json`.",
        ),
    }
)
"""Every kind, by the name of its command."""
