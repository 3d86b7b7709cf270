"""The listener by which monitoring sees a process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from doorward.assembly.figures import figures
from doorward.assembly.house import House
from doorward.cli.output import Voice
from doorward.settings.problems import Problem
from doorward.telemetry.listener import MetricsListener


@contextmanager
def watched(house: House, voice: Voice, *, is_ready: Callable[[], bool] | None = None) -> Iterator[None]:
    """Answer /metrics on a port of its own, where one was chosen; and /readyz there, where `is_ready` knows."""
    telemetry = house.settings.telemetry
    if telemetry.metrics_port is None:
        yield
        return
    try:
        place = telemetry.metrics_host, telemetry.metrics_port
        listener = MetricsListener(*place, lambda: figures(house), is_ready=is_ready)
    except OSError as error:
        what = f"The metrics cannot be shown at {telemetry.metrics_host}:{telemetry.metrics_port}: {error.strerror}."
        remedy = "Choose another DOORWARD_METRICS_PORT, or leave it out."
        voice.refuse(Problem(what, "They have a listener of their own.", remedy), code="PORT_UNUSABLE")
    listener.start()
    try:
        yield
    finally:
        listener.close()
