"""Fixtures for pytest: `doorward`, `doorward_clock`, `doorward_mailbox`, `doorward_settings`, and a marker.

Loaded into every run of pytest where Doorward is installed, so it imports nothing until a test asks for a fixture.
"""

from collections.abc import Iterator, Mapping

import pytest

_MARKER = "doorward(**settings): settings of the server for one test, over those of the fixture `doorward_settings`"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def doorward_settings() -> Mapping[str, object]:
    """Return settings for every test in reach: define this fixture anew in a conftest.py to choose some."""
    return {}


@pytest.fixture
def doorward(request: pytest.FixtureRequest, doorward_settings: Mapping[str, object]) -> Iterator[object]:
    """Give the whole server in memory, new for each test: a `doorward.testing.twin.Twin`."""
    from doorward.testing.twin import Twin  # noqa: PLC0415 (a run that never asks for it pays nothing)

    settings = dict(doorward_settings)
    for marker in reversed(list(request.node.iter_markers("doorward"))):
        settings |= marker.kwargs
    with Twin(settings) as twin:
        yield twin


@pytest.fixture
def doorward_clock(doorward: object) -> object:
    """Give the clock of the server, which stands still until `advance(timedelta(...))`."""
    return getattr(doorward, "clock")  # noqa: B009 (its type is imported where it is used)


@pytest.fixture
def doorward_mailbox(doorward: object) -> object:
    """Give the mails of the server: `newest(to=...)` and `all(to=...)`, which run the jobs that are due first."""
    return getattr(doorward, "mailbox")  # noqa: B009 (its type is imported where it is used)
