"""How many servers a number of people takes, and where the limits lie: arithmetic on figures that were measured.

Nothing here asks a machine. Every figure stands in one table with where it comes from; what follows from them is never
more exact than they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from types import MappingProxyType
from typing import Final, Literal

_BENCH: Final = "docs/explanation/performance.md"
_ASSUMED: Final = "assumed"
_SECONDS_A_YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its unit, and where it comes from: a measurement of ours on a day, or an assumption one may change."""

    value: float
    unit: str
    source: str
    measured_on: date | None = None


_COUNTED: Final = date(2026, 11, 26)
_MEASURED: Final = date(2026, 11, 27)

FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "login": Figure(21.8, "ms of processor time", f"{_BENCH}: 92 logins/s on two cores", _MEASURED),
        "tokens after a login": Figure(
            2.2, "ms of processor time", f"{_BENCH}: authorize, token and userinfo", _MEASURED
        ),
        "refresh": Figure(
            0.36, "ms of processor time", f"{_BENCH}: a refresh on PostgreSQL, without the database's own", _MEASURED
        ),
        "commits of a login": Figure(
            2, "commits", "src/doorward/core/login: admitted in one transaction, settled in another"
        ),
        "commits of a refresh": Figure(
            1, "commits", "src/doorward/adapters/sql/sessions: one statement that is a transaction by itself"
        ),
        "jobs of a login": Figure(0.1, "letters", f"{_ASSUMED}: one sign-in of ten is from a new device"),
        "jobs of a worker": Figure(10_050, "jobs/s", f"{_BENCH}: jobs of the outbox, PostgreSQL", _MEASURED),
        "commits of SQLite": Figure(2251, "commits/s", f"{_BENCH}: refresh rotations, SQLite", _MEASURED),
        "commits of a database": Figure(4666, "commits/s", f"{_BENCH}: pgbench on one core and one disk", _MEASURED),
        "entries of the audit log": Figure(
            1000, "entries/s", f"{_ASSUMED}: each waits for the commit before it, of which a disk here makes 1,500/s"
        ),
        "requests of a cache": Figure(26_000, "requests/s", f"{_ASSUMED}: one Redis over one connection, many at once"),
        "account": Figure(
            579, "bytes", f"{_BENCH}: account, password and attempts with their indexes, SQLite", _COUNTED
        ),
        "device": Figure(186, "bytes", f"{_BENCH}: a device with its indexes, SQLite", _COUNTED),
        "session": Figure(364, "bytes", f"{_BENCH}: a session with its indexes, SQLite", _COUNTED),
        "entry of the audit log": Figure(202, "bytes", f"{_BENCH}: an entry with its index, SQLite", _COUNTED),
        "caller in the cache": Figure(146, "bytes", f"{_BENCH}: a key of the limits with what Redis adds", _COUNTED),
        "time in the cache": Figure(80, "s", "src/doorward/adapters/redis: how long such a key lives"),
        "process": Figure(
            100 * 1024**2, "bytes", "examples/nine_servers: memory of an auth server, its share (PSS)", _COUNTED
        ),
        "hash": Figure(38 * 1024**2, "bytes a core", "src/doorward/api/lanes.py: two hashes at a time, of 19 MiB each"),
        "share of people online": Figure(0.01, "of all", f"{_ASSUMED}: at the busiest minute"),
        "time of an access token": Figure(300, "s", "src/doorward/settings: whoever is online refreshes so often"),
        "average of the peak": Figure(
            0.25, "of the peak", f"{_ASSUMED}: a day has four times as many hours as it is busy"
        ),
        "use": Figure(0.6, "of what there is", f"{_ASSUMED}: the rest is for a server that is lost, and for bursts"),
        "PostgreSQL beside SQLite": Figure(1.5, "times as many bytes", f"{_ASSUMED}: rows have longer heads"),
    }
)
"""Everything that the model knows."""

Kind = Literal["sqlite", "postgresql", "postgresql with a standby", "sharded"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to keep everything: up to how many accounts it is advised, and what it takes to get there."""

    kind: Kind
    most_accounts: float
    what: str
    is_measured: bool


LAYOUTS: Final = (
    Layout("sqlite", 1e6, "One SQLite file, on the machine of its one server.", is_measured=True),
    Layout("postgresql", 1e7, "One PostgreSQL. Its loss is an outage until it is restored.", is_measured=True),
    Layout(
        "postgresql with a standby",
        1e8,
        "One PostgreSQL with a standby that takes its place; every question goes to the first.",
        is_measured=False,
    ),
    Layout(
        "sharded",
        float("inf"),
        "PostgreSQL whose tables of sessions, devices and jobs are partitioned by their own key, or MongoDB with these "
        "collections sharded; accounts stay whole, since their names are unique, and so does the audit log, a chain.",
        is_measured=False,
    ),
)
"""Every layout, the smallest first."""


@dataclass(frozen=True, slots=True)
class Load:
    """Who is there, and what they do at the busiest second; refreshes follow from the people where they are None."""

    users: int
    logins_per_second: float
    refreshes_per_second: float | None = None
    cores_per_server: int = 4

    @property
    def refreshes(self) -> float:
        """Refreshes a second."""
        if self.refreshes_per_second is not None:
            return self.refreshes_per_second
        return self.users * _of("share of people online") / _of("time of an access token")


@dataclass(frozen=True, slots=True)
class Limit:
    """What gives out first as the load grows: how much of it is used, and how it is widened."""

    what: str
    used: float
    widened_by: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load takes. Bytes are of memory or disk; `shards` is 1 where the store is not cut."""

    load: Load
    auth_processes: int
    auth_servers: int
    server_memory_bytes: int
    workers: int
    database_writes_per_second: float
    storage_bytes: int
    audit_bytes_per_year: int
    cache_bytes: int
    cache_requests_per_second: float
    has_cache_cluster: bool
    layout: Layout
    shards: int

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Return what gives out, the nearest first."""
        return tuple(sorted(_limits(self), key=lambda limit: -limit.used))

    @property
    def exceeded(self) -> tuple[Limit, ...]:
        """Return what such a load would need more of than there is."""
        return tuple(limit for limit in self.limits if limit.used > 1)


def planned(load: Load) -> Plan:
    """Return what a load takes."""
    refreshes = load.refreshes
    writes = load.logins_per_second * _of("commits of a login") + refreshes * _of("commits of a refresh")
    processes = _processes(load)
    layout = _layout(load, writes)
    asked = load.logins_per_second + refreshes
    servers = 1 if layout.kind == "sqlite" else max(2, ceil(processes / load.cores_per_server))
    has_many = servers > 1
    return Plan(
        load,
        auth_processes=max(processes, servers),
        auth_servers=servers,
        server_memory_bytes=ceil(load.cores_per_server * (_of("process") + _of("hash"))),
        workers=_workers(load, servers),
        database_writes_per_second=writes,
        storage_bytes=_storage(load.users, layout),
        audit_bytes_per_year=_audit(load, layout),
        cache_bytes=ceil(asked * _of("time in the cache") * _of("caller in the cache")) if has_many else 0,
        cache_requests_per_second=asked if has_many else 0.0,
        has_cache_cluster=has_many and asked > _of("requests of a cache") * _of("use"),
        layout=layout,
        shards=_shards(load, writes) if layout.kind == "sharded" else 1,
    )


def _of(name: str) -> float:
    return FIGURES[name].value


def _processes(load: Load) -> int:
    """Return how many processes, each of which fills a core, since Python runs one thread at a time."""
    login = load.logins_per_second * (_of("login") + _of("tokens after a login"))
    return max(1, ceil((login + load.refreshes * _of("refresh")) / 1000 / _of("use")))


def _workers(load: Load, servers: int) -> int:
    """Return how many workers; one server alone runs jobs by itself, and beside several there are two."""
    letters = load.logins_per_second * _of("jobs of a login")
    return max(2, ceil(letters / _of("jobs of a worker") / _of("use"))) if servers > 1 else 0


def _layout(load: Load, writes: float) -> Layout:
    """Return the smallest layout that takes so many accounts, and so many writes."""
    most: Mapping[Kind, float] = {"sqlite": _of("commits of SQLite"), "sharded": float("inf")}
    fits = (
        each
        for each in LAYOUTS
        if load.users <= each.most_accounts
        and writes <= most.get(each.kind, _of("commits of a database")) * _of("use")
        and (each.kind != "sqlite" or _processes(load) <= load.cores_per_server)
    )
    return next(fits)


def _shards(load: Load, writes: float) -> int:
    """Return into how many parts the store is cut, by writes and by accounts."""
    by_writes = writes / (_of("commits of a database") * _of("use"))
    by_accounts = load.users / LAYOUTS[-2].most_accounts
    return max(2, ceil(by_writes), ceil(by_accounts))


def _storage(users: int, layout: Layout) -> int:
    of_each = _of("account") + _of("device") + _of("session")
    return ceil(users * of_each * _spread(layout))


def _audit(load: Load, layout: Layout) -> int:
    entries = load.logins_per_second * _of("average of the peak") * _SECONDS_A_YEAR
    return ceil(entries * _of("entry of the audit log") * _spread(layout))


def _spread(layout: Layout) -> float:
    return 1.0 if layout.kind == "sqlite" else _of("PostgreSQL beside SQLite")


def _limits(plan: Plan) -> Iterator[Limit]:
    commits = "commits of SQLite" if plan.layout.kind == "sqlite" else "commits of a database"
    writes = plan.database_writes_per_second / plan.shards / _of(commits)
    yield Limit("commits of the store", writes, "a faster disk first, then the next layout")
    entries = plan.load.logins_per_second / _of("entries of the audit log")
    yield Limit(
        "entries of the audit log", entries, "nothing here: it is one chain; a deployment for each group of people"
    )
    by_hash = plan.load.logins_per_second * _of("login") / 1000 / plan.auth_processes
    yield Limit("processor time of password hashes", by_hash, "more auth servers; passkeys cost no hash")
    if plan.cache_requests_per_second and not plan.has_cache_cluster:
        used = plan.cache_requests_per_second / _of("requests of a cache")
        yield Limit("requests of the cache", used, "a Redis Cluster behind a proxy")
    if plan.layout.most_accounts != float("inf"):
        yield Limit("accounts of this layout", plan.load.users / plan.layout.most_accounts, "the next layout")
