"""What doors and workers report, as logs and metrics."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from doorward.telemetry.logs import EventLogger
from doorward.telemetry.metrics import Metrics

_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_SIGN_IN: Final = frozenset({"/v1/auth/login_web", "/v1/auth/login_mobile", "/sign-in"})
_REFRESH: Final = frozenset({"/v1/auth/refresh_web", "/v1/auth/refresh_mobile"})
_POST: Final = "POST"


class Watch:
    """Takes note of what happens at the doors and in the lanes. Everything that it is told may be written down."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._log = EventLogger("doorward.http")
        signing_in = dict.fromkeys(_SIGN_IN, metrics.signed_in)
        self._counting = signing_in | dict.fromkeys(_REFRESH, metrics.refreshed)

    def answered(self, *, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Note an answer. `route` is the path as declared."""
        self._metrics.answered(route, method, status, took=timedelta(seconds=seconds))
        count = self._counting.get(route) if method == _POST else None
        if count is not None:
            count(_outcome(status))
        milliseconds = round(seconds * 1000, 2)
        write = self._log.debug if route in _QUIET else self._log.info
        write("http.answered", method=method, route=route, status=status, took_ms=milliseconds, request_id=request_id)

    def failed(self, error: BaseException, *, route: str, request_id: str) -> None:
        """Note an exception that nobody foresaw, with where it came from."""
        self._log.error("http.failed", route=route, request_id=request_id, exc_info=error)

    def refused(self, code: str, *, reason: str, route: str, request_id: str) -> None:
        """Note a request that a guard turned away."""
        self._metrics.refused(code)
        self._log.info("http.refused", refusal_code=code, reason=reason, route=route, request_id=request_id)

    def waited(self, lane: str, *, seconds: float) -> None:
        """Note how long a flow stood in a lane's queue."""
        self._metrics.waited(lane, timedelta(seconds=seconds))


def log_event(event: str, /, **values: object) -> None:
    """Write an event of the worker; one that tells of a failure as a warning."""
    log = EventLogger("doorward.worker")
    write = log.warning if event.endswith((".failed", "_away")) or values.get("failed") else log.info
    write(event, **values)


def _outcome(status: int) -> str:
    if status < HTTPStatus.BAD_REQUEST:
        return "accepted"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "limited"
    return "failed" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
