"""What the doors are made of: the one thing that the assembly hands to them."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Final, Protocol

from doorward.api.lanes import Lanes, SeesWaits, TracesFlows
from doorward.core.flows import Flows
from doorward.core.kernel.clock import Clock
from doorward.core.limits.ports import Allowance, RateCounters
from doorward.core.limits.records import Limit
from doorward.core.operating.figures import Figures
from doorward.core.outbox.ports import Mailbox

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
class Doors:
    """Everything that the doors need.

    `issuer` is the base address of the deployment: cookies, allowed origins and documents come from it, never from what
    a request claims. `checks` are asked for readiness, by name, from a lane; without what stands in `spared` the server
    goes on, less well. `mailbox` is there in development alone.
    `metrics` returns what `/metrics` shows, in the text format of Prometheus, and `figures` the same as a record: both
    read the store, so they are asked from a lane. `brand_name` heads the pages.
    `home_path` is where they lead home on the issuer's host, if not to our own. `traces` follow requests, where
    somebody listens; `leaving` is whether the server is about to end.
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
    version: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    cors_origins: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    mailbox: Mailbox | None = None
    brand_name: str = "Doorward"
    home_path: str = ""
    traces: Traces | None = None
    leaving: Leaving = field(default_factory=Leaving)
