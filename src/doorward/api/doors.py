"""What the doors are made of: the one thing that the assembly hands to them."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

from doorward.api.lanes import Lanes, SeesWaits, TracesFlows
from doorward.core.files.records import Key
from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Refusal, TooMany, Unavailable
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit
from doorward.core.operating.figures import Figures
from doorward.core.outbox.ports import Mailbox

State = Literal["ok", "degraded", "away"]
"""How it is with what the server depends on: `away` keeps it from its work, without what is `degraded` it goes on."""

MOST_AT_ONCE: Final = 256
MOST_OF_AN_ACCOUNT: Final = 6
MOST_SENT: Final = 512
MOST_SENT_TO_A_NETWORK: Final = 32
MOST_WHOLE: Final = 16
MOST_WHOLE_OF_AN_ACCOUNT: Final = 2
_RETRY_AFTER: Final = timedelta(seconds=5)
_LAST_ON_THIS_LINE: Final = (b"connection", b"close")


class Watch(SeesWaits, Protocol):
    """Is told what happens at the doors, and makes logs and metrics of it. No call may block or raise."""

    @abstractmethod
    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Take note of an answer. `route` is the path as declared, or `none` where there is no such route."""

    @abstractmethod
    def failed(self, error: BaseException, *, route: str, request_id: str) -> None:
        """Take note of an exception that nobody foresaw; whoever asked learns nothing of it but the request's id."""

    @abstractmethod
    def refused(self, code: str, *, reason: str, route: str, request_id: str) -> None:
        """Take note of a request that was turned away; `reason` is a stable word, or a client's id, or empty."""


class Trace(Protocol):
    """One request whose way is followed."""

    @property
    @abstractmethod
    def traceparent(self) -> str:
        """The span of the request, as what belongs to it names it (W3C Trace Context section 3.2)."""

    @abstractmethod
    def end(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Take note of the answer. `route` is the path as declared."""


class Traces(TracesFlows, Protocol):
    """Follows requests. No call may block or raise."""

    @abstractmethod
    def begin(self, traceparent: str | None, request_id: str) -> Trace | None:
        """Return the trace of a request that begins, or None when it is not followed.

        `traceparent` is what a trusted gateway says that the request belongs to.
        """


class Counters(Protocol):
    """Counts requests against limits, as the core's counters do, for doors that may not stand still."""

    @abstractmethod
    async def hit(self, limit: Limit, key: str) -> Allowance:
        """Count one request of `key` against `limit`, and return what is left. Whatever happens, it is counted."""


@dataclass(frozen=True, slots=True)
class AtOnce(Counters):
    """Counters that answer without waiting for anything."""

    counters: RateCounters

    async def hit(self, limit: Limit, key: str) -> Allowance:
        """Count one request, inline."""
        return self.counters.hit(limit, key)


@dataclass(slots=True)
class Slots:
    """How many bodies travel at the same time, in all and of each account or network: they hold no thread.

    It is used in one thread alone, that of the server's loop.
    """

    most: int = MOST_AT_ONCE
    most_of_one: int = MOST_OF_AN_ACCOUNT
    _taken: dict[str, int] = field(default_factory=dict)
    _all: int = 0

    @contextmanager
    def taken(self, whose: str) -> Iterator[None]:
        """Take a slot while the block runs.

        Raises: TooMany, when the account or network has enough. Unavailable, when there is none.
        """
        own = self._taken.get(whose, 0)
        if own >= self.most_of_one:
            raise TooMany(_RETRY_AFTER)
        if self._all >= self.most:
            raise Unavailable(_RETRY_AFTER)
        self._taken[whose] = own + 1
        self._all += 1
        try:
            yield
        finally:
            self._all -= 1
            self._taken[whose] -= 1
            if not self._taken[whose]:
                del self._taken[whose]


@dataclass(frozen=True, slots=True)
class FileDoors:
    """Where files are served: an origin that is not the issuer's.

    `is_apart`: nothing but files answers there. In development it may be another name of the same server, where all
    else goes on answering. `accel` returns the internal address of a heap at a gateway that serves the folder.
    `whole_slots` are for bodies that are in memory until they were used, such as pictures: 160 MiB at the most.
    `sending_slots` are for files on their way out, of each network.
    """

    origin: str
    max_bytes: int
    is_apart: bool = True
    accel: Callable[[Key], str] | None = None
    slots: Slots = field(default_factory=Slots)
    whole_slots: Slots = field(default_factory=lambda: Slots(MOST_WHOLE, MOST_WHOLE_OF_AN_ACCOUNT))
    sending_slots: Slots = field(default_factory=lambda: Slots(MOST_SENT, MOST_SENT_TO_A_NETWORK))
    host: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", urlsplit(self.origin).netloc.encode("latin-1"))


@dataclass(slots=True)
class Leaving:
    """Whether the server is about to end; `fields` are what each answer then carries, for gateways to go elsewhere.

    Nothing may travel on a connection after an answer that says so, so nobody is on the way when it is closed.
    Source: RFC 9112 section 9.6.
    """

    fields: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Tell whether the server is about to end."""
        return bool(self.fields)

    def begin(self) -> None:
        """Say so from now on."""
        self.fields = [_LAST_ON_THIS_LINE]


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as an operator may see it: of a secret, nothing but whether there is one."""

    name: str
    section: str
    description: str
    value: str
    default: str
    source: str
    is_secret: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """What this process is. `looked_at` is when its worker last looked for jobs; None: none does, or has yet."""

    started_at: datetime
    looked_at: datetime | None
    store: str
    cache: str
    limits_scale: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What operators look at that no flow knows: the settings, this process, and what it counted in the last hour."""

    settings: Callable[[], tuple[ShownSetting, ...]]
    instance: Callable[[], Instance]
    history: Callable[[], tuple[Figures, ...]]


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that the doors need.

    `issuer` is the base address of the deployment: cookies, allowed origins and documents come from it, never from what
    a request claims. `checks` are asked for readiness, by name, from a lane; without what stands in `spared` the server
    goes on, less well. `mailbox` is there in development alone.
    `metrics` returns what `/metrics` shows, in the text format of Prometheus, and `figures` the same as a record: both
    read the store, so they are asked from a lane. `inside` is what operators look at. `brand_name` heads the pages.
    `home_path` is where they lead home on the issuer's host, if not to our own. `traces` follow requests, where
    somebody listens; `leaving` is whether the server is about to end. `files` is there where files are kept.
    """

    flows: Flows
    lanes: Lanes
    counters: Counters
    clock: Clock
    issuer: str
    is_development: bool
    csrf_key: bytes = field(repr=False)
    watch: Watch
    checks: Mapping[str, Callable[[], bool]]
    metrics: Callable[[], bytes]
    figures: Callable[[], Figures]
    inside: Inside
    version: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    cors_origins: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    mailbox: Mailbox | None = None
    brand_name: str = "Doorward"
    home_path: str = ""
    traces: Traces | None = None
    leaving: Leaving = field(default_factory=Leaving)
    files: FileDoors | None = None


async def states(doors: Doors) -> dict[str, State]:
    """Return how it is with each thing that the server depends on at this moment, and whether it is about to end."""
    checks: dict[str, State] = {"serving": "away" if doors.leaving.has_begun else "ok"}
    for name, check in doors.checks.items():
        is_there = await doors.lanes.main(_is_there, check)
        checks[name] = "ok" if is_there else "degraded" if name in doors.spared else "away"
    return checks


def _is_there(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (Refusal, OSError):
        return False
