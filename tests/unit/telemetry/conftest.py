"""Logging as it was before, after each test."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from pydantic import JsonValue

from doorward.telemetry.logs import configure_logs

Events = Callable[[], list[dict[str, JsonValue]]]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.root
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def logged() -> Events:
    """Configure JSON logs, and return what reads the events that were written."""
    stream = io.StringIO()
    configure_logs("debug", "json", stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
