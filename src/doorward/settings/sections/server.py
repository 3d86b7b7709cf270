"""Where the server stands and who may speak to it."""

import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from doorward.settings.sections.section import Section, Words, split_url

_WEB: Final = frozenset({"http", "https"})
_PATH: Final = re.compile(r"/(?:[\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x5b\x5d-\x7e]*)?")
"""A path that no browser takes for the name of a host: after the first slash comes no second one, nor a backslash."""


DRAIN_SECONDS: Final = 3
"""Longer than gateways of ours keep an idle connection to a server, and than they pass over one that did not answer."""

LONGEST_DRAIN_SECONDS: Final = 60


class Environment(StrEnum):
    """What the server runs for. `development` starts without any setting; `production` refuses what is not safe."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServerSettings(Section):
    """Where the server stands and who may speak to it."""

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="What the server runs for: development or production."
    )
    issuer: str = Field(
        "",
        description="The public base URL, which every token names; in development http://localhost and the port.",
    )
    host: str = Field("127.0.0.1", description="The network address that the server listens on.")
    port: int = Field(8000, ge=1, le=65_535, description="The TCP port that the server listens on.")
    data_dir: Path = Field(
        Path("doorward-data"), description="The folder of the embedded store, the mailbox and generated secrets."
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], Words] = Field(
        (), description="The networks of proxies whose word about the caller's address counts, in CIDR notation."
    )
    cors_origins: Annotated[tuple[str, ...], Words] = Field(
        (), description="The origins of other sites whose pages may call the API."
    )
    drain_seconds: int | None = Field(
        None,
        ge=0,
        le=LONGEST_DRAIN_SECONDS,
        description="For how long the server goes on after it was told to end, while it tells gateways to go "
        "elsewhere; by default 3 in production and 0 in development.",
    )

    home_path: str = Field(
        "",
        description="Where pages lead home and whoever has signed in for nothing else goes on: a path on the issuer's "
        "host, as of the application that the server is mounted in; the page of their account by default.",
    )

    @field_validator("home_path")
    @classmethod
    def _check_home(cls, path: str) -> str:
        if path and not _PATH.fullmatch(path):
            raise ValueError("a path on the issuer's host begins with one slash, and has no host, backslash or blank")
        return path

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str) -> str:
        if not issuer:
            return issuer
        parts = split_url(issuer, schemes=_WEB)
        if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
            raise ValueError("the issuer is https://HOST, with a port or a path if need be, and nothing else")
        return issuer.rstrip("/")

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = split_url(origin, schemes=_WEB)
            if not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
                raise ValueError("an origin is https://HOST or https://HOST:PORT; no path, no slash at the end, no *")
        return origins

    @property
    def leaves_for_seconds(self) -> int:
        """For how long the server goes on after it was told to end."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return DRAIN_SECONDS if self.is_production else 0

    @property
    def is_production(self) -> bool:
        """Tell whether the server runs for real."""
        return self.environment is Environment.PRODUCTION

    @property
    def is_local(self) -> bool:
        """Tell whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def has_secure_cookies(self) -> bool:
        """Tell whether cookies carry `Secure` and its prefixes: decided once, by the issuer."""
        return urlsplit(self.issuer).scheme == "https"
