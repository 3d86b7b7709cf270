"""What is counted, for Prometheus. Labels are bounded: none holds what a caller chose."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from doorward.core.audit.records import AuditKind

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
UNMATCHED: Final = "none"
_OTHER: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST_ROUTES: Final = 300
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts in a registry of its own, so that two servers in one process do not mix. Safe to share between threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._routes: set[str] = set()
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "doorward_http_requests",
            "Requests that were answered.",
            ["version", "route", "method", "status_class"],
            registry=self.registry,
        )
        self._durations = Histogram(
            "doorward_http_request_duration_seconds",
            "How long an answer took.",
            ["route", "method"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._logins = self._counter("doorward_logins", "Attempts to sign in.", "outcome")
        self._rotations = self._counter("doorward_refresh_rotations", "Refresh tokens that were exchanged.", "kind")
        self._audited = self._counter("doorward_audit_events", "Events that went into the audit log.", "kind")
        self._rate_limited = self._counter("doorward_rate_limited", "Requests refused by a rate limit.", "route")
        self._lane_waits = Histogram(
            "doorward_lane_wait_seconds",
            "How long a flow waited for a thread.",
            ["lane"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._queue = self._gauge("doorward_queue_jobs", "Jobs in the outbox.", "state")
        self._waiting = self._gauge(
            "doorward_queue_waiting_jobs",
            "Jobs that wait, by name; those that this release does not know are `unknown`.",
            "name",
        )
        self._last_success = self._gauge(
            "doorward_schedule_last_success_age_seconds",
            "How long ago each scheduled task was last done, by whichever worker.",
            "task",
        )
        self._last_look = self._gauge(
            "doorward_worker_last_look_age_seconds",
            "How long ago the worker of this process last looked for jobs.",
        )
        self._oldest_key = self._gauge(
            "doorward_address_key_oldest_age_seconds",
            "The age of the oldest key that still ties addresses to pseudonyms.",
        )
        self._cache_away = self._gauge("doorward_cache_away", "1 while the cache that instances share does not answer.")
        self._cache_fallbacks = self._plain(
            "doorward_cache_fallbacks", "Requests against limits that were counted in this process alone."
        )
        self._feed_away = self._gauge("doorward_feed_away", "1 while news from other instances may be missed.")
        self._feed_overflows = self._plain(
            "doorward_feed_overflows", "Times that others were told to forget everything, so much had changed."
        )

    def answered(self, route: str, method: str, status: int, *, version: str, seconds: float) -> None:
        """Count an answer, and how long it took. `route` is the template of a path of `version`, or UNMATCHED."""
        kept = self._answered.get((route, method, status))
        requests, durations = kept or self._counted(route, method, status, version=version)
        requests.inc()
        durations.observe(seconds)

    def login(self, outcome: str) -> None:
        """Count an attempt to sign in: accepted or refused."""
        self._logins.labels(outcome).inc()

    def rotated(self, kind: str) -> None:
        """Count an exchanged refresh token by the kind of its session."""
        self._rotations.labels(kind).inc()

    def audited(self, kind: AuditKind) -> None:
        """Count an event of the audit log; suspensions and reused refresh tokens are seen here."""
        self._audited.labels(kind.value).inc()

    def rate_limited(self, route: str) -> None:
        """Count a request that a limit refused; `route` is the template of its path."""
        self._rate_limited.labels(self._bounded(route)).inc()

    def waited(self, lane: str, duration: timedelta) -> None:
        """Note how long a flow waited in a lane."""
        self._lane_waits.labels(lane).observe(duration.total_seconds())

    def queue(self, counts: Mapping[str, int]) -> None:
        """Set how many jobs stand in each state."""
        for state, count in counts.items():
            self._queue.labels(state).set(count)

    def waiting(self, counts: Mapping[str, int]) -> None:
        """Set how many jobs wait by name, of which there are few."""
        for name, count in counts.items():
            self._waiting.labels(name).set(count)

    def last_success(self, task: str, age: timedelta | None) -> None:
        """Set how long ago a scheduled task was done; None: not in the time for which such jobs are kept."""
        self._last_success.labels(task).set(float("inf") if age is None else age.total_seconds())

    def last_look(self, age: timedelta | None) -> None:
        """Set how long ago the worker looked for jobs; None: no worker runs in this process, or none has looked yet."""
        self._last_look.set(float("nan") if age is None else age.total_seconds())

    def oldest_address_key(self, age: timedelta | None) -> None:
        """Set the age of the oldest address key; None: there is none."""
        self._oldest_key.set(age.total_seconds() if age else 0)

    def cache_away(self, *, is_away: bool) -> None:
        """Set whether the cache that instances share is away."""
        self._cache_away.set(is_away)

    def cache_fell_back(self) -> None:
        """Count a request that was counted in this process alone, because the cache was away."""
        self._cache_fallbacks.inc()

    def feed_away(self, *, is_away: bool) -> None:
        """Set whether news from other instances may be missed."""
        self._feed_away.set(is_away)

    def feed_overflowed(self) -> None:
        """Count a time that more changed at once than is told one by one."""
        self._feed_overflows.inc()

    def render(self) -> bytes:
        """Return all figures in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, label: str) -> Counter:
        return Counter(name, what, [label], registry=self.registry)

    def _plain(self, name: str, what: str) -> Counter:
        return Counter(name, what, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=self.registry)

    def _counted(self, route: str, method: str, status: int, *, version: str) -> tuple[Counter, Histogram]:
        """Return what counts such answers; it is kept ready for the bounded routes and methods."""
        bounded, verb = self._bounded(route), method if method in _METHODS else _OTHER
        counted = (
            self._requests.labels(version, bounded, verb, f"{status // 100}xx"),
            self._durations.labels(bounded, verb),
        )
        if (bounded, verb) == (route, method):
            self._answered[route, method, status] = counted
        return counted

    def _bounded(self, route: str) -> str:
        if route not in self._routes:
            if len(self._routes) >= _MOST_ROUTES:
                return _OTHER
            self._routes.add(route)
        return route
