"""What happens at the doors and in the worker becomes logs and metrics."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from doorward.adapters.redis.notes import Notes
from doorward.api.doors import Watch
from doorward.api.versions import in_first, version_of
from doorward.core.kernel.errors import TooMany
from doorward.telemetry.logs import EventLogger
from doorward.telemetry.metrics import Metrics
from doorward.worker.events import Events

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_QUESTIONS: Final = frozenset({"/oauth/introspect", "/oauth/userinfo"})
"""What is asked by POST, so that no token stands in an address, and changes nothing."""

_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_LOGINS: Final = frozenset({"/v1/auth/login_web", "/v1/auth/login_mobile", "/sign-in"})
_REFRESHES: Final = {"/v1/auth/refresh_web": "web", "/v1/auth/refresh_mobile": "mobile"}


@dataclass(frozen=True, slots=True)
class DoorWatch(Watch):
    """Counts and logs what the doors tell."""

    metrics: Metrics
    log: EventLogger = field(default_factory=lambda: EventLogger("http"))

    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Count an answer, and log it."""
        version = version_of(route)
        self.metrics.answered(route, method, status, version=version, seconds=seconds)
        if method == "POST":
            self._tried(in_first(route), has_succeeded=status < _ERROR)
        self._speaker(method, route, status)(
            "http.answered",
            method=method,
            version=version,
            route=route,
            status=status,
            duration_milliseconds=round(seconds * 1000, 1),
            request_id=request_id,
        )

    def _tried(self, route: str, *, has_succeeded: bool) -> None:
        """Count an attempt to sign in, and a session that went on. `route` is as in the first version."""
        if route in _LOGINS:
            self.metrics.login("accepted" if has_succeeded else "refused")
        elif route in _REFRESHES and has_succeeded:
            self.metrics.rotated(_REFRESHES[route])

    def _speaker(self, method: str, route: str, status: int) -> Callable[..., None]:
        """Return what is worth a line of its own: a change that went well, and our own failures.

        What is refused has a line of its own already.
        """
        if status >= _SERVER_ERROR:
            return self.log.error
        is_change = method not in _SAFE and route not in _QUESTIONS
        return self.log.info if is_change and status < _ERROR else self.log.debug

    def failed(self, error: BaseException, *, route: str, request_id: str) -> None:
        """Log an exception with where it came from."""
        self.log.error("http.failed", version=version_of(route), route=route, request_id=request_id, exc_info=error)

    def refused(self, code: str, *, reason: str, route: str, request_id: str) -> None:
        """Count and log a refusal."""
        if code == TooMany.code:
            self.metrics.rate_limited(route)
        self.log.info(
            "http.refused",
            refusal_code=code,
            reason=reason or None,
            version=version_of(route),
            route=route,
            request_id=request_id,
        )

    def waited(self, lane: str, *, seconds: float) -> None:
        """Count a wait."""
        self.metrics.waited(lane, timedelta(seconds=seconds))


_WORKER_LEVELS: Final = {
    "schedule.done": "debug",
    "job.done": "info",
    "job.failed": "warning",
    "job.given_up": "error",
    "job.lost": "warning",
    "job.unknown": "warning",
    "worker.store_away": "error",
    "worker.store_back": "warning",
    "worker.failed": "error",
}
"""How grave each event of the worker is."""


@dataclass(frozen=True, slots=True)
class WorkerWatch(Events):
    """Logs what the worker tells."""

    log: EventLogger = field(default_factory=lambda: EventLogger("worker"))

    def __call__(self, event: str, /, **values: object) -> None:
        """Log an event as gravely as it is."""
        say: Callable[..., None] = getattr(self.log, _WORKER_LEVELS[event])
        say(event, **values)


@dataclass(frozen=True, slots=True)
class CacheWatch(Notes):
    """Counts how it stands with the cache that instances share, and logs when it goes and when it comes back."""

    metrics: Metrics
    log: EventLogger = field(default_factory=lambda: EventLogger("cache"))

    def away(self, *, reason: str) -> None:
        """Log that limits are counted in this process alone."""
        self.metrics.cache_away(is_away=True)
        self.log.error("cache.away", reason=reason)

    def back(self) -> None:
        """Log that limits are shared again."""
        self.metrics.cache_away(is_away=False)
        self.log.warning("cache.back")

    def fell_back(self) -> None:
        """Count a request."""
        self.metrics.cache_fell_back()

    def lost_touch(self, *, reason: str) -> None:
        """Log that news from other instances may be missed; the cache's own event says why in most cases."""
        self.metrics.feed_away(is_away=True)
        self.log.info("feed.away", reason=reason)

    def in_touch(self) -> None:
        """Log that news come in again."""
        self.metrics.feed_away(is_away=False)
        self.log.info("feed.back")

    def overflowed(self) -> None:
        """Count a time that others were told to forget everything."""
        self.metrics.feed_overflowed()
