"""Reading figures: those of this process, or what another one shows at /metrics."""

from collections.abc import Iterable, Mapping
from math import isnan
from typing import Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from doorward.core.operating.figures import Counted, Counts, Figures, Spread
from doorward.telemetry.figures import STREAMED

_STARTED: Final = "process_start_time_seconds"


def read(text: str, *, taken_at: float) -> Figures:
    """Return what the text format of Prometheus shows, of Doorward's own figures.

    Raises: ValueError, when it is no such text.
    """
    return _Samples(text_string_to_metric_families(text)).figures(taken_at)


def figures_of(families: Iterable[Metric], *, taken_at: float) -> Figures:
    """Return what stands in a registry, of Doorward's own figures."""
    return _Samples(families).figures(taken_at)


class _Samples:
    """Samples by their names."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._by_name: dict[str, list[Sample]] = {}
        for family in families:
            for sample in family.samples:
                self._by_name.setdefault(sample.name, []).append(sample)

    def figures(self, taken_at: float) -> Figures:
        return Figures(
            taken_at=taken_at,
            counted=self._counted(),
            since=self._one(_STARTED),
            version=next((sample.labels["version"] for sample in self._of("doorward_build_info")), ""),
            is_store_up=self._one("doorward_store_up") != 0,
            store_in_use=self._one("doorward_store_in_use") or 0.0,
            store_connections_most=self._one("doorward_store_connections_most") or 0.0,
            lanes_waiting=self._by("doorward_lane_waiting", "lane"),
            queue=self._by("doorward_queue_jobs", "state"),
            queue_waiting=self._by("doorward_queue_waiting_jobs", "name"),
            queue_oldest_age=self._one("doorward_queue_oldest_age_seconds"),
            last_success_ages=self._by("doorward_schedule_last_success_age_seconds", "task"),
            last_look_age=self._one("doorward_worker_last_look_age_seconds"),
            signs_for=self._by("doorward_signing_key_signs_for_seconds", "algorithm"),
            is_cache_away=self._one("doorward_cache_away") == 1,
            is_feed_away=self._one("doorward_feed_away") == 1,
            feed_lag=self._one("doorward_feed_lag_seconds"),
        )

    def _counted(self) -> Counted:
        return Counted(
            requests=self._by("doorward_http_requests_total", "status_class"),
            logins=self._by("doorward_logins_total", "outcome"),
            locks=self._by("doorward_locks_total", "change"),
            rotations=self._by("doorward_refresh_rotations_total", "kind"),
            reuses=self._by("doorward_reuses_total", "kind"),
            rate_limited=self._by("doorward_rate_limited_total", "route"),
            lane_refusals=self._by("doorward_lane_refusals_total", "lane"),
            store_failures=self._by("doorward_store_failures_total", "operation"),
            jobs=self._by("doorward_jobs_total", "outcome"),
            mails=self._by("doorward_mails_total", "outcome"),
            answers=self._answers(),
            lane_waits=self._spreads("doorward_lane_wait_seconds", "lane"),
            store=self._spreads("doorward_store_seconds", "operation"),
        )

    def _answers(self) -> Spread:
        """Return how long answers took, but for those that take as long as the caller's line."""
        spreads = self._spreads("doorward_http_request_duration_seconds", "route")
        return sum((spread for route, spread in spreads.items() if route not in STREAMED), Spread())

    def _of(self, name: str) -> list[Sample]:
        return self._by_name.get(name, [])

    def _one(self, name: str) -> float | None:
        """Return the value of a figure without labels; None where there is none, or it is no number."""
        return next((sample.value for sample in self._of(name) if not isnan(sample.value)), None)

    def _by(self, name: str, label: str) -> Counts:
        """Return the values of a figure by one of its labels; those that differ in others only are added."""
        summed: dict[str, float] = {}
        for sample in self._of(name):
            value = sample.labels[label]
            summed[value] = summed.get(value, 0.0) + sample.value
        return summed

    def _spreads(self, name: str, label: str) -> Mapping[str, Spread]:
        """Return the spreads of a histogram by one of its labels, likewise."""
        counts: dict[str, dict[float, float]] = {}
        for sample in self._of(f"{name}_bucket"):
            of_value = counts.setdefault(sample.labels[label], {})
            bound = float(sample.labels["le"])
            of_value[bound] = of_value.get(bound, 0.0) + sample.value
        return {value: _spread(found) for value, found in counts.items()}


def _spread(found: Mapping[float, float]) -> Spread:
    bounds = tuple(sorted(found))
    return Spread(bounds, tuple(found[bound] for bound in bounds))
