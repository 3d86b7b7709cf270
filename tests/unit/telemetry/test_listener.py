import socket
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from doorward.core.kernel.errors import Unavailable
from doorward.telemetry.listener import MetricsListener


class Figures:
    """Figures that can be had, or not."""

    def __init__(self) -> None:
        self.are_away = False

    def __call__(self) -> bytes:
        if self.are_away:
            raise Unavailable(timedelta(seconds=1))
        return b"doorward_up 1\n"


@pytest.fixture
def figures() -> Figures:
    return Figures()


@pytest.fixture
def url(figures: Figures) -> Iterator[str]:
    listener = MetricsListener("127.0.0.1", 0, figures)
    listener.start()
    yield f"http://127.0.0.1:{listener.port}"
    listener.close()


def test_listener_metrics_are_text_for_prometheus(url: str) -> None:
    answer = httpx2.get(f"{url}/metrics")

    assert (answer.status_code, answer.content) == (200, b"doorward_up 1\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/readyz"])
def test_listener_any_other_path_is_not_there(url: str, path: str) -> None:
    assert httpx2.get(f"{url}{path}").status_code == 404


def test_listener_any_other_method_is_refused(url: str) -> None:
    assert httpx2.post(f"{url}/metrics").status_code == 501


def test_listener_figures_away_answers_503(url: str, figures: Figures) -> None:
    figures.are_away = True

    assert httpx2.get(f"{url}/metrics").status_code == 503


def test_listener_port_in_use_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        MetricsListener("127.0.0.1", other.getsockname()[1], Figures())


def test_listener_closed_before_it_started_gives_the_port_back() -> None:
    listener = MetricsListener("127.0.0.1", 0, Figures())

    listener.close()

    socket.create_server(("127.0.0.1", listener.port)).close()
