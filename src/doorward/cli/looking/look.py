"""One look at a process: whether it does its work, and its figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import httpx2
from pydantic import BaseModel, ValidationError

from doorward.core.operating.figures import Figures
from doorward.settings.problems import Problem
from doorward.telemetry.reading import read

_PATIENCE_SECONDS: Final = 5.0
_MOST_BYTES: Final = 16 * 1024 * 1024
_UNKNOWN: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.MISDIRECTED_REQUEST})
_CLOSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class _Readiness(BaseModel):
    """What /readyz says, as far as it is of interest."""

    status: str
    checks: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a process at a moment. `is_ready` is None where it does not say; `problem` what kept us from it.

    `checks` says how it is with each thing that the process depends on.
    """

    url: str
    is_ready: bool | None = None
    checks: Mapping[str, str] = field(default_factory=dict)
    figures: Figures | None = None
    problem: Problem | None = None

    @property
    def is_well(self) -> bool:
        """Tell whether it answers, and does not say that it cannot work."""
        return self.problem is None and self.is_ready is not False


def look(url: str, token: str | None, *, now: Callable[[], float]) -> Look:
    """Return what a process at a base address says of itself. `token` is an operator's, where figures ask for one."""
    base = url.rstrip("/")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx2.Client(timeout=_PATIENCE_SECONDS, trust_env=False, headers=headers) as client:
            ready, metrics = client.get(f"{base}/readyz"), client.get(f"{base}/metrics")
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        return Look(url, problem=_silent(url, error))
    is_ready, checks = _readiness(ready)
    if metrics.status_code != HTTPStatus.OK:
        return Look(url, is_ready, checks, problem=_closed(url, metrics.status_code))
    try:
        figures = read(metrics.text[:_MOST_BYTES], taken_at=now())
    except ValueError:
        return Look(url, is_ready, checks, problem=_strange(url))
    return Look(url, is_ready, checks, figures, None if figures.version else _strange(url))


def _readiness(answer: httpx2.Response) -> tuple[bool | None, Mapping[str, str]]:
    """Return whether it is ready, and how it is with each thing; a listener for metrics says the former alone."""
    if answer.status_code in _UNKNOWN:
        return None, {}
    try:
        checks = _Readiness.model_validate_json(answer.content).checks
    except ValidationError:
        checks = {}
    return answer.status_code == HTTPStatus.OK, checks


def _silent(url: str, error: Exception) -> Problem:
    why = f"It says: {error}." if str(error) else "It may not run, or listen elsewhere."
    remedy = "Start it with `doorward serve` or `doorward worker`, name it with --url, or ask `doorward doctor`."
    return Problem(f"Nothing answers at {url}.", why, remedy)


def _closed(url: str, status: int) -> Problem:
    if status in _CLOSED:
        why = "Outside development a server shows them to operators."
        remedy = "Name its DOORWARD_METRICS_PORT with --url, or an operator's access token with --token-file."
        return Problem(f"The figures at {url} are not for everybody.", why, remedy)
    if status == HTTPStatus.NOT_FOUND:
        why = "A gateway hides them, or something else runs there."
        return Problem(f"There are no figures at {url}.", why, "Ask the process itself: name its own port with --url.")
    why, remedy = f"It answers {status}.", "Look into its log."
    return Problem(f"{url} does not give its figures.", why, remedy)


def _strange(url: str) -> Problem:
    return Problem(f"What answers at {url} is not Doorward.", "Its figures are of something else.", "Correct --url.")
