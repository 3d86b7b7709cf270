"""What stands where: one file, from which the gateway is written."""

import re
import tomllib
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.rules import uri
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.sections.section import Section

FILE: Final = Path("topology.toml")
LONGEST_VERDICT_SECONDS: Final = 2

_ADDRESS: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]):(?P<port>[1-9][0-9]{0,4})")
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
_FILE: Final = re.compile(r"/[A-Za-z0-9._/@+-]+")
_HIGHEST_PORT: Final = 65_535


def _check_address(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found["port"]) > _HIGHEST_PORT:
        raise ValueError("a server is HOST:PORT, in lower case")
    return address


def _check_origin(origin: str) -> str:
    try:
        read = uri.read(origin, pointer="/origin")
    except Invalid as refusal:
        raise ValueError(refusal.reason) from None
    if read.rest:
        raise ValueError("an origin is https://HOST or https://HOST:PORT, and ends there")
    return origin


def _check_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise ValueError("a path begins and ends with /, and is written plainly")
    return path


def check_file(path: Path) -> Path:
    """Return a path that can stand in every configuration as it is.

    Raises: ValueError.
    """
    if not _FILE.fullmatch(str(path)):
        raise ValueError("a path here is absolute, of letters, digits and . _ - + @ /")
    return path


Address = Annotated[str, AfterValidator(_check_address)]
"""Where a server listens: HOST:PORT."""

Origin = Annotated[str, AfterValidator(_check_origin)]
PlainFile = Annotated[Path, AfterValidator(check_file)]
Networks = tuple[IPv4Network | IPv6Network, ...]


class Auth(Section):
    """Doorward's own servers."""

    servers: tuple[Address, ...] = Field(min_length=1, description="Where each listens: HOST:PORT.")


class Application(Section):
    """An application, or the files of one, below a path of an origin."""

    origin: Origin = Field(description="What browsers call it: https://HOST, with its port if need be.")
    path: Annotated[str, AfterValidator(_check_path)] = Field("/", description="Below which path of the origin.")
    servers: tuple[Address, ...] = Field((), description="Where each of its servers listens: HOST:PORT.")
    root: PlainFile | None = Field(None, description="The folder of its files, where it is made of files alone.")
    guarded: bool = Field(default=True, description="Whether Doorward is asked about each request.")

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if bool(self.servers) == (self.root is not None):
            raise ValueError(f"{self.origin}{self.path} has either servers or a root")
        return self


class Edge(Section):
    """The gateway itself."""

    listen: tuple[IPv4Address | IPv6Address, ...] = Field(
        (IPv4Address("0.0.0.0"), IPv6Address("::")),  # noqa: S104 (a gateway is there for everybody)
        min_length=1,
        description="The addresses that it listens on.",
    )
    networks: Networks = Field(min_length=1, description="Where it speaks to the servers from, in CIDR notation.")
    behind: Networks = Field((), description="The networks of proxies that stand before it, in CIDR notation.")
    certificate: PlainFile | None = Field(None, description="The certificate chain, as PEM; for https origins.")
    key: PlainFile | None = Field(None, description="The certificate's private key, as PEM.")
    verdict_seconds: int = Field(
        LONGEST_VERDICT_SECONDS,
        ge=0,
        le=LONGEST_VERDICT_SECONDS,
        description="For how long a yes of Doorward is good for the same credentials; 0: for one request.",
    )
    state: PlainFile = Field(
        Path("/run/doorward-gateway"),
        description="A folder in memory, open to the gateway alone: verdicts are kept there.",
    )
    inner_port: int = Field(
        9180,
        ge=1024,
        le=_HIGHEST_PORT,
        description="A port of 127.0.0.1 at which Traefik asks itself, and it one of Doorward's servers.",
    )


class Topology(Section):
    """What stands where."""

    auth: Auth
    gateway: Edge
    applications: tuple[Application, ...] = ()

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        places = [(each.origin, each.path) for each in self.applications]
        twice = next((place for place in places if places.count(place) > 1), None)
        if twice is not None:
            raise ValueError(f"{''.join(twice)} is given to two applications")
        return self


def read(path: Path) -> Topology:
    """Return what a file says.

    Raises: SettingsInvalid, with everything that is wrong; OSError.
    """
    try:
        members = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why, remedy = "The gateway is written from it.", "Mend it at that place."
        raise SettingsInvalid([Problem(f"{path} is no TOML: {error}.", why, remedy)]) from None
    try:
        return Topology.model_validate(members)
    except ValidationError as error:
        raise SettingsInvalid([_problem(path, each) for each in error.errors()]) from None


def _problem(path: Path, error: ErrorDetails) -> Problem:
    return Problem(
        f"{path}: {_place(error['loc'])}: {error['msg'].removeprefix('Value error, ')}.",
        "The gateway is written from it.",
        "Correct it; docs/reference/topology.md lists what may stand there.",
    )


def _place(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location) or "the file"
