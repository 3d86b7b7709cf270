from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.telemetry.metrics import Metrics
from doorward.telemetry.reading import figures_of, read


def used() -> Metrics:
    """Return metrics of a process that did something."""
    metrics = Metrics(version="1.2.3")
    metrics.answered("/a", "GET", 200, version="none", seconds=0.003)
    metrics.answered("/b", "POST", 200, version="none", seconds=0.3)
    metrics.answered("/v1/feed/revocations", "GET", 200, version="v1", seconds=3600.0)
    metrics.login("refused")
    metrics.audited(AuditKind.SIGN_IN_SUSPENDED)
    metrics.store["read"].add(0.002)
    metrics.queue({"ready": 2, "dead": 1}, oldest=timedelta(seconds=30))
    metrics.store_is(up=True)
    return metrics


def test_read_what_was_rendered_is_what_stands_in_the_registry() -> None:
    metrics = used()

    shown = read(metrics.render().decode(), taken_at=5.0)

    assert shown == figures_of(metrics.registry.collect(), taken_at=5.0)
    assert shown.version == "1.2.3"
    assert shown.counted.requests == {"2xx": 3.0}
    assert shown.counted.answers.count == 2.0
    assert shown.counted.logins["refused"] == 1.0
    assert shown.counted.locks["suspended"] == 1.0
    assert shown.counted.store["read"].quantile(0.5) == pytest.approx(0.00175)
    assert (shown.queue["dead"], shown.queue_oldest_age) == (1.0, 30.0)
    assert shown.is_store_up


def test_read_what_is_no_number_is_what_nobody_knows() -> None:
    shown = read(Metrics().render().decode(), taken_at=5.0)

    assert shown.feed_lag is None
    assert shown.last_look_age is None


def test_read_what_is_no_text_of_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid metric name"):
        read("<html>\n", taken_at=5.0)
