"""What happens at the doors and in the worker becomes logs and metrics."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Final

from doorward.adapters.redis.notes import Notes
from doorward.api.doors import Watch
from doorward.api.versions import in_first, version_of
from doorward.assembly.watching.traces import HouseTraces
from doorward.core.kernel.cause import caused_by
from doorward.core.kernel.errors import TooMany
from doorward.core.outbox.post import SEND_LETTER
from doorward.core.outbox.records import Job
from doorward.telemetry.chain import LEVELS, Kept
from doorward.telemetry.logs import EventLogger
from doorward.telemetry.metrics import Metrics
from doorward.worker.events import Events
from doorward.worker.jobs import JOBS

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_QUESTIONS: Final = frozenset({"/oauth/introspect", "/oauth/userinfo"})
"""What is asked by POST, so that no token stands in an address, and changes nothing."""

_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429
_LOGINS: Final = frozenset({"/v1/auth/login_web", "/v1/auth/login_mobile", "/sign-in"})


@dataclass(frozen=True, slots=True)
class DoorWatch(Watch):
    """Counts and logs what the doors tell."""

    metrics: Metrics
    log: EventLogger = field(default_factory=lambda: EventLogger("http"))

    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Count an answer, and log it."""
        version, level, is_login, kept = _told_of(method, route, status)
        self.metrics.answered(route, method, status, version=version, seconds=seconds)
        if is_login:
            self.metrics.login(_outcome(status))
        if self.log.is_quiet(level):
            return
        milliseconds = round(seconds * 1000, 1)
        self.log.say(level, "http.answered", kept, duration_milliseconds=milliseconds, request_id=request_id)

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
        self.metrics.waited(lane, seconds)

    def turned_away(self, lane: str) -> None:
        """Count a flow that a full lane refused."""
        self.metrics.turned_away(lane)


@lru_cache(maxsize=1024)
def _told_of(method: str, route: str, status: int) -> tuple[str, int, bool, Kept]:
    """Return the version of such answers, how grave they are, if they answer a sign-in, and what lines say."""
    version, is_login = version_of(route), method == "POST" and in_first(route) in _LOGINS
    kept = (("method", method), ("version", version), ("route", route), ("status", status))
    return version, _level(method, route, status), is_login, kept


def _level(method: str, route: str, status: int) -> int:
    """Return how grave an answer is: a change that went well, or a failure of ours, is worth a line of its own.

    What is refused has a line of its own already.
    """
    if status >= _SERVER_ERROR:
        return LEVELS["error"]
    is_change = method not in _SAFE and route not in _QUESTIONS
    return LEVELS["info" if is_change and status < _ERROR else "debug"]


def _outcome(status: int) -> str:
    """Return what an attempt to sign in came to."""
    if status < _ERROR:
        return "accepted"
    if status >= _SERVER_ERROR:
        return "failed"
    return "limited" if status == _TOO_MANY else "refused"


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

_OUTCOMES: Final = {
    "schedule.done": "done",
    "job.done": "done",
    "job.failed": "failed",
    "job.given_up": "given_up",
    "job.lost": "lost",
}
_MAILS: Final = {"done": "sent", "failed": "failed", "given_up": "given_up"}
UNKNOWN: Final = "unknown"
"""What stands for the name of a job that this release does not know."""


@dataclass(frozen=True, slots=True)
class WorkerWatch(Events):
    """Counts and logs what the worker tells."""

    metrics: Metrics
    log: EventLogger = field(default_factory=lambda: EventLogger("worker"))

    def __call__(self, event: str, /, **values: object) -> None:
        """Count what became of a job, and log an event as gravely as it is."""
        if event in _OUTCOMES:
            self._count(f"{values['name']}", _OUTCOMES[event])
        say: Callable[..., None] = getattr(self.log, _WORKER_LEVELS[event])
        say(event, **values)

    def _count(self, name: str, outcome: str) -> None:
        self.metrics.job(name if name in JOBS else UNKNOWN, outcome)
        if name == SEND_LETTER and outcome in _MAILS:
            self.metrics.mail(_MAILS[outcome])


@dataclass(frozen=True, slots=True)
class JobWatch:
    """Lets what a job does go back to the request that made it necessary, and notes how long it took."""

    metrics: Metrics
    traces: HouseTraces | None = None

    @contextmanager
    def __call__(self, job: Job) -> Iterator[None]:
        """Return what a job is done inside of."""
        started = perf_counter()
        followed = nullcontext() if self.traces is None else self.traces.job(job)
        with caused_by(job.request_id):
            try:
                with followed:
                    yield
            finally:
                self.metrics.job_took(job.name, perf_counter() - started)


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

    def came_back(self, *, seconds: float) -> None:
        """Note how long news took to come back."""
        self.metrics.feed_lag(seconds)

    def overflowed(self) -> None:
        """Count a time that others were told to forget everything."""
        self.metrics.feed_overflowed()
