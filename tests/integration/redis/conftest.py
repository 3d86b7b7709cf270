"""A Valkey server, and a Redis server where the machine has one; empty at the start of each test."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.adapters.redis import pipeline
from tests.caches import PROGRAMS, CacheServer, a_cache


@pytest.fixture(scope="session", params=sorted(PROGRAMS))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CacheServer]:
    with a_cache(tmp_path_factory.mktemp("cache"), program=PROGRAMS[request.param]) as server:
        yield server


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for an answer than a server would: a busy machine is no server that is away."""
    monkeypatch.setattr(pipeline, "BUDGET", timedelta(seconds=1))


@pytest.fixture
def cache(running: CacheServer) -> CacheServer:
    """A server that the test leaves running."""
    running.ask("FLUSHALL")
    return running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[CacheServer]:
    """A server that the test may pause and kill."""
    with a_cache(tmp_path) as server:
        yield server
