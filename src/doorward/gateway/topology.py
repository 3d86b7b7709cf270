"""What stands where: one file, from which everything is written that runs Doorward on several servers."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.rules import uri
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.sections.section import Section, split_url

FILE: Final = Path("topology.toml")
LONGEST_VERDICT_SECONDS: Final = 2

_ADDRESS: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]):(?P<port>[1-9][0-9]{0,4})")
_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
_FILE: Final = re.compile(r"/[A-Za-z0-9._/@+-]+")
_HIGHEST_PORT: Final = 65_535
_WHY: Final = "Everything that runs Doorward on several servers is written from it."


def _check_address(address: str) -> str:
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found["port"]) > _HIGHEST_PORT:
        raise ValueError("a server is HOST:PORT, in lower case")
    return address


def check_origin(origin: str) -> str:
    """Return an origin that can stand in every configuration as it is.

    Raises: ValueError.
    """
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


def _check_webhook(url: str) -> str:
    try:
        split_url(url, schemes=frozenset({"http", "https"}))
    except ValueError:
        raise ValueError("alerts are posted to http://… or https://…") from None
    return url


Webhook = Annotated[str, AfterValidator(_check_webhook)]
Address = Annotated[str, AfterValidator(_check_address)]
"""Where a server listens: HOST:PORT."""

Origin = Annotated[str, AfterValidator(check_origin)]
PlainFile = Annotated[Path, AfterValidator(check_file)]
Networks = tuple[IPv4Network | IPv6Network, ...]


class Auth(Section):
    """Doorward's own servers."""

    servers: tuple[Address, ...] = Field(min_length=1, description="Where each listens: HOST:PORT.")
    metrics: tuple[Address, ...] = Field(
        (),
        description="Where each answers /metrics for Prometheus alone (its metrics_port): HOST:PORT. Without it "
        "Prometheus asks the servers themselves, which outside development show their figures to operators alone.",
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.metrics and len(self.metrics) != len(self.servers):
            raise ValueError("each server has a listener for metrics, or none has")
        return self


class StoreKind(StrEnum):
    """What keeps accounts and sessions."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MONGODB = "mongodb"


class Files(Section):
    """The servers that answer at the files origin; without this section Doorward's own do."""

    servers: tuple[Address, ...] = Field(min_length=1, description="Where each listens: HOST:PORT.")


class Store(Section):
    """The store that all servers share."""

    kind: StoreKind = Field(description="What it is: sqlite, postgresql or mongodb.")
    servers: tuple[Address, ...] = Field((), description="Where it listens: HOST:PORT; none for sqlite, a file.")

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if (self.kind is StoreKind.SQLITE) == bool(self.servers):
            raise ValueError("sqlite is a file and has no servers; every other store has at least one")
        return self


class Cache(Section):
    """The Redis or Valkey through which servers share limits and news."""

    servers: tuple[Address, ...] = Field(
        min_length=1, description="Where it listens: HOST:PORT; of a cluster, the proxies before it."
    )


class Worker(Section):
    """The workers that run jobs; without this section each of Doorward's own servers runs them beside requests."""

    servers: tuple[Address, ...] = Field(
        min_length=1, description="Where each answers /metrics and /readyz: HOST:PORT. It takes no other requests."
    )


class Monitoring(Section):
    """Who watches."""

    server: Address = Field(description="Where Prometheus listens: HOST:PORT.")
    alertmanager: Address | None = Field(None, description="Where Alertmanager listens; without it nobody is told.")
    every_seconds: float = Field(
        15.0,
        gt=0,
        le=60,
        description="How often every server is asked; what alerts wait for, and what is averaged over, grows with it.",
    )
    webhook: Webhook | None = Field(
        None, description="The http or https address that Alertmanager posts alerts to; without it nobody is told."
    )
    targets: tuple[Address, ...] = Field(
        (), description="What else is asked for /metrics, beside every server and every worker: HOST:PORT."
    )


class Application(Section):
    """An application, or the files of one, below a path of an origin."""

    origin: Origin = Field(description="What browsers call it: https://HOST, with its port if need be.")
    path: Annotated[str, AfterValidator(_check_path)] = Field("/", description="Below which path of the origin.")
    servers: tuple[Address, ...] = Field((), description="Where each of its servers listens: HOST:PORT.")
    root: PlainFile | None = Field(None, description="The folder of its files, where it is made of files alone.")
    connect: tuple[Origin, ...] = Field(
        (), description="With a root: the origins that its pages may speak to beside their own and Doorward's."
    )
    guarded: bool = Field(default=True, description="Whether Doorward is asked about each request.")
    bearer_only: bool = Field(
        default=False,
        description="For an API: the gateway itself reads access tokens, and Doorward is not asked. Envoy can.",
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if bool(self.servers) == (self.root is not None):
            raise ValueError(f"{self.origin}{self.path} has either servers or a root")
        if self.connect and self.root is None:
            raise ValueError(f"{self.origin}{self.path} says by itself what its pages may do")
        if self.bearer_only and not self.guarded:
            raise ValueError(f"{self.origin}{self.path} is either open to everybody or bearer_only")
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
        description="For how long at most a yes of Doorward is good for the same credentials; 0 or 1: for one request.",
    )
    log: PlainFile = Field(
        Path("/var/log/doorward-gateway.log"),
        description="Where it writes a line of JSON for each request, without what stands behind a question mark.",
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
    files: Files | None = None
    store: Store | None = None
    cache: Cache | None = None
    worker: Worker | None = None
    monitoring: Monitoring | None = None
    applications: tuple[Application, ...] = ()

    @property
    def doorward(self) -> tuple[Address, ...]:
        """Where servers of Doorward listen: those that sign people in, then those of files alone."""
        return tuple(dict.fromkeys((*self.auth.servers, *(self.files.servers if self.files else ()))))

    @property
    def workers(self) -> tuple[Address, ...]:
        """Where workers answer for themselves."""
        return self.worker.servers if self.worker else ()

    @property
    def targets(self) -> tuple[Address, ...]:
        """Whom Prometheus asks for /metrics."""
        further = self.monitoring.targets if self.monitoring else ()
        return tuple(dict.fromkeys((*self.watched, *self.workers, *further)))

    @property
    def watched(self) -> tuple[Address, ...]:
        """Where servers of Doorward show their figures."""
        if not self.auth.metrics:
            return self.doorward
        return (*self.auth.metrics, *(each for each in self.doorward if each not in self.auth.servers))

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        places = [(each.origin, each.path) for each in self.applications]
        twice = next((place for place in places if places.count(place) > 1), None)
        if twice is not None:
            raise ValueError(f"{''.join(twice)} is given to two applications")
        self._check_file()
        self._check_alone()
        return self

    def _check_file(self) -> None:
        """Return when a store that is a file is on the machine of all who use it.

        Raises: ValueError.
        """
        machines = {address.rpartition(":")[0] for address in (*self.doorward, *self.workers)}
        if self.store is not None and self.store.kind is StoreKind.SQLITE and len(machines) > 1:
            raise ValueError(f"a store of sqlite is a file of one machine, and servers stand on {len(machines)}")

    def _check_alone(self) -> None:
        """Return when nobody is to listen where somebody else does.

        Raises: ValueError.
        """
        applications = dict.fromkeys(server for each in self.applications for server in each.servers)
        own = [*self.doorward, *self.auth.metrics, *self.workers, *self._beside(), *applications]
        shared = next((address for address in own if own.count(address) > 1), None)
        if shared is not None:
            raise ValueError(f"{shared} is given to two parts")

    def _beside(self) -> Iterator[Address]:
        """Yield where everything listens that is neither Doorward nor an application."""
        yield from self.store.servers if self.store else ()
        yield from self.cache.servers if self.cache else ()
        if self.monitoring is not None:
            yield self.monitoring.server
            yield from [self.monitoring.alertmanager] if self.monitoring.alertmanager else ()


def read(path: Path) -> Topology:
    """Return what a file says.

    Raises: SettingsInvalid, with everything that is wrong; OSError.
    """
    try:
        members = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why, remedy = _WHY, "Mend it at that place."
        raise SettingsInvalid([Problem(f"{path} is no TOML: {error}.", why, remedy)]) from None
    try:
        return Topology.model_validate(members)
    except ValidationError as error:
        raise SettingsInvalid([_problem(path, each) for each in error.errors()]) from None


def _problem(path: Path, error: ErrorDetails) -> Problem:
    return Problem(
        f"{path}: {_place(error['loc'])}: {error['msg'].removeprefix('Value error, ')}.",
        _WHY,
        "Correct it; docs/reference/topology.md lists what may stand there.",
    )


def _place(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location) or "the file"
