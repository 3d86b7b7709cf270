"""What happens at the doors and in the worker becomes logs and metrics."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from doorward.api.doors import Watch
from doorward.core.kernel.errors import TooMany
from doorward.telemetry.logs import EventLogger
from doorward.telemetry.metrics import UNMATCHED, Metrics

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_LOGINS: Final = frozenset({"/v1/auth/login_web", "/v1/auth/login_mobile", "/sign-in"})
_REFRESHES: Final = {"/v1/auth/refresh_web": "web", "/v1/auth/refresh_mobile": "mobile"}
_NO_ROUTE: Final = "none"


@dataclass(frozen=True, slots=True)
class DoorWatch(Watch):
    """Counts and logs what the doors tell. Reads that went well are logged at debug level only."""

    metrics: Metrics
    log: EventLogger = field(default_factory=lambda: EventLogger("http"))

    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Count an answer, and log it unless it was a read that went well."""
        took = timedelta(seconds=seconds)
        self.metrics.answered(UNMATCHED if route == _NO_ROUTE else route, method, status, took=took)
        if method == "POST" and route in _LOGINS:
            self.metrics.login("accepted" if status < _ERROR else "refused")
        if route in _REFRESHES and status < _ERROR:
            self.metrics.rotated(_REFRESHES[route])
        if method in _SAFE and status < _ERROR:
            return
        say = self.log.error if status >= _SERVER_ERROR else self.log.info
        milliseconds = round(seconds * 1000, 1)
        say(
            "http.answered",
            method=method,
            route=route,
            status=status,
            duration_milliseconds=milliseconds,
            request_id=request_id,
        )

    def failed(self, error: BaseException, *, route: str, request_id: str) -> None:
        """Log an exception with where it came from."""
        self.log.error("http.failed", route=route, request_id=request_id, exc_info=error)

    def refused(self, code: str, *, reason: str, route: str, request_id: str) -> None:
        """Count and log a refusal."""
        if code == TooMany.code:
            self.metrics.rate_limited(route)
        self.log.info("http.refused", refusal_code=code, reason=reason, route=route, request_id=request_id)

    def waited(self, lane: str, *, seconds: float) -> None:
        """Count a wait."""
        self.metrics.waited(lane, timedelta(seconds=seconds))


def worker_events(event: str, /, **values: object) -> None:
    """Log what the worker tells."""
    log = EventLogger("worker")
    say = log.warning if event.endswith(("failed", "away")) or values.get("failed") else log.info
    say(event, **values)
