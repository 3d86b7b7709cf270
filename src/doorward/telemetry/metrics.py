"""What is counted, for Prometheus. Labels are bounded: none holds what a caller chose."""

import platform
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, generate_latest

from doorward.core.audit.records import AuditKind
from doorward.telemetry.figures import BY_NAME, Kind
from doorward.telemetry.tally import Durations, Tally

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
UNMATCHED: Final = "none"
_OTHER: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST_ROUTES: Final = 300
_LOCKS: Final = {AuditKind.SIGN_IN_SUSPENDED: "suspended", AuditKind.SIGN_IN_UNLOCKED: "unlocked"}
_REUSES: Final = {AuditKind.SESSION_REUSE: "refresh_token", AuditKind.CODE_REUSE: "code"}

_FROM_STORE: Final = (
    "doorward_queue_jobs",
    "doorward_queue_waiting_jobs",
    "doorward_schedule_last_success_age_seconds",
    "doorward_signing_key_signs_for_seconds",
)

Ages = Mapping[str, timedelta | None]


class Metrics:
    """Counts in a registry of its own, so that two servers in one process do not mix. Safe to share between threads.

    What is counted at every request is counted by children that are made once.
    """

    def __init__(self, *, version: str = "") -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._routes: set[str] = set()
        self._answered: dict[tuple[str, str, int], tuple[Counter, Tally]] = {}
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._durations: dict[str, Durations] = {}
        for figure in BY_NAME.values():
            self._make(figure.name)
        self._requests = self._counters["doorward_http_requests"]
        self._times = self._durations["doorward_http_request_duration_seconds"]
        self._lanes: dict[str, Tally] = {}
        self.store: Mapping[str, Tally] = {
            operation: self._durations["doorward_store_seconds"].of(operation)
            for operation in ("read", "write", "rotate")
        }
        self._gauges["doorward_store_in_use"].set_function(
            lambda: float(sum(tally.going_on for tally in self.store.values()))
        )
        self._gauges["doorward_feed_lag_seconds"].set(float("nan"))
        self._gauges["doorward_worker_last_look_age_seconds"].set(float("nan"))
        self._gauges["doorward_build_info"].labels(version, platform.python_version()).set(1)

    def answered(self, route: str, method: str, status: int, *, version: str, seconds: float) -> None:
        """Count an answer, and how long it took. `route` is the template of a path of `version`, or UNMATCHED."""
        kept = self._answered.get((route, method, status))
        requests, times = kept or self._counted(route, method, status, version=version)
        requests.inc()
        times.add(seconds)

    def login(self, outcome: str) -> None:
        """Count an attempt to sign in, by one of the outcomes that the figure names."""
        self._count("doorward_logins", outcome)

    def rotated(self, kinds: Iterable[str]) -> None:
        """Count exchanged refresh tokens by the kinds of their sessions."""
        for kind in kinds:
            self._count("doorward_refresh_rotations", kind)

    def audited(self, kind: AuditKind) -> None:
        """Count an event of the audit log; locks and what came twice have figures of their own besides."""
        self._count("doorward_audit_events", kind.value)
        if kind in _LOCKS:
            self._count("doorward_locks", _LOCKS[kind])
        if kind in _REUSES:
            self._count("doorward_reuses", _REUSES[kind])

    def rate_limited(self, route: str) -> None:
        """Count a request that a limit refused; `route` is the template of its path."""
        self._count("doorward_rate_limited", self._bounded(route))

    def lane(self, name: str, waiting: Callable[[], int]) -> None:
        """Show how many wait in a lane, of which there are few."""
        self._gauges["doorward_lane_waiting"].labels(name).set_function(lambda: float(waiting()))

    def waited(self, lane: str, seconds: float) -> None:
        """Note how long a flow waited in a lane."""
        tally = self._lanes.get(lane)
        if tally is None:
            tally = self._lanes[lane] = self._durations["doorward_lane_wait_seconds"].of(lane)
        tally.add(seconds)

    def turned_away(self, lane: str) -> None:
        """Count a flow that a full lane refused."""
        self._count("doorward_lane_refusals", lane)

    def store_failed(self, operation: str) -> None:
        """Count a use of the store that failed."""
        self._count("doorward_store_failures", operation)

    def store_is(self, *, up: bool) -> None:
        """Set whether the store answers, in these figures."""
        self._gauges["doorward_store_up"].set(up)

    def store_connections(self, most: int) -> None:
        """Set how many connections to the store there may be."""
        self._gauges["doorward_store_connections_most"].set(most)

    def job(self, name: str, outcome: str) -> None:
        """Count a job by a name of which there are few, and by what became of it."""
        self._count("doorward_jobs", name, outcome)

    def job_took(self, name: str, seconds: float) -> None:
        """Note how long a job took."""
        self._durations["doorward_job_duration_seconds"].of(name).add(seconds)

    def mail(self, outcome: str) -> None:
        """Count a mail by what became of it."""
        self._count("doorward_mails", outcome)

    def queue(self, counts: Mapping[str, int], *, oldest: timedelta | None) -> None:
        """Set how many jobs stand in each state, and for how long the oldest has been due; None: nothing is."""
        for state, count in counts.items():
            self._gauges["doorward_queue_jobs"].labels(state).set(count)
        age = max(oldest, timedelta(0)) if oldest else timedelta(0)
        self._gauges["doorward_queue_oldest_age_seconds"].set(age.total_seconds())

    def forget_kept(self) -> None:
        """Forget what the store said before, while it says nothing."""
        for name in _FROM_STORE:
            self._gauges[name].clear()
        for name in ("doorward_queue_oldest_age_seconds", "doorward_address_key_oldest_age_seconds"):
            self._gauges[name].set(float("nan"))

    def waiting(self, counts: Mapping[str, int]) -> None:
        """Set how many jobs wait by name, of which there are few."""
        for name, count in counts.items():
            self._gauges["doorward_queue_waiting_jobs"].labels(name).set(count)

    def last_success(self, task: str, age: timedelta | None) -> None:
        """Set how long ago a scheduled task was done; None: not in the time for which such jobs are kept."""
        gauge = self._gauges["doorward_schedule_last_success_age_seconds"].labels(task)
        gauge.set(float("inf") if age is None else age.total_seconds())

    def last_look(self, age: timedelta | None) -> None:
        """Set how long ago the worker looked for jobs; None: no worker runs in this process, or none has looked yet."""
        self._gauges["doorward_worker_last_look_age_seconds"].set(_seconds(age, "nan"))

    def signs_for(self, ages: Ages) -> None:
        """Set for how long there are keys that sign, by algorithm; None: there is none."""
        for algorithm, left in ages.items():
            self._gauges["doorward_signing_key_signs_for_seconds"].labels(algorithm).set(_seconds(left, "0"))

    def oldest_address_key(self, age: timedelta | None) -> None:
        """Set the age of the oldest address key; None: there is none."""
        self._gauges["doorward_address_key_oldest_age_seconds"].set(_seconds(age, "0"))

    def cache_away(self, *, is_away: bool) -> None:
        """Set whether the cache that instances share is away."""
        self._gauges["doorward_cache_away"].set(is_away)

    def cache_fell_back(self) -> None:
        """Count a request that was counted in this process alone, because the cache was away."""
        self._counters["doorward_cache_fallbacks"].inc()

    def feed_away(self, *, is_away: bool) -> None:
        """Set whether news from other instances may be missed."""
        self._gauges["doorward_feed_away"].set(is_away)

    def feed_lag(self, seconds: float) -> None:
        """Set how long news took to come back."""
        self._gauges["doorward_feed_lag_seconds"].set(seconds)

    def feed_overflowed(self) -> None:
        """Count a time that more changed at once than is told one by one."""
        self._counters["doorward_feed_overflows"].inc()

    def spans(self, outcome: str, count: int) -> None:
        """Count spans by what became of them."""
        self._counters["doorward_spans"].labels(outcome).inc(count)

    def render(self) -> bytes:
        """Return all figures in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _make(self, name: str) -> None:
        """Make what counts a figure, with the values that stand at zero."""
        figure = BY_NAME[name]
        labels = tuple(figure.labels)
        match figure.kind:
            case Kind.COUNTER:
                counter = self._counters[name] = Counter(name, figure.what, labels, registry=self.registry)
                for value in figure.from_zero:
                    counter.labels(value)
            case Kind.GAUGE:
                self._gauges[name] = Gauge(name, figure.what, labels, registry=self.registry)
            case Kind.HISTOGRAM:
                self._durations[name] = Durations(name, figure.what, labels, registry=self.registry)

    def _count(self, name: str, *values: str) -> None:
        self._counters[name].labels(*values).inc()

    def _counted(self, route: str, method: str, status: int, *, version: str) -> tuple[Counter, Tally]:
        """Return what counts such answers; it is kept ready for the bounded routes and methods."""
        bounded, verb = self._bounded(route), method if method in _METHODS else _OTHER
        counted = self._requests.labels(version, bounded, verb, f"{status // 100}xx"), self._times.of(bounded, verb)
        if (bounded, verb) == (route, method):
            self._answered[route, method, status] = counted
        return counted

    def _bounded(self, route: str) -> str:
        if route not in self._routes:
            if len(self._routes) >= _MOST_ROUTES:
                return _OTHER
            self._routes.add(route)
        return route


def _seconds(age: timedelta | None, otherwise: str) -> float:
    return float(otherwise) if age is None else age.total_seconds()
