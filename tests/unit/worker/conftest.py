"""What the worker's tests share."""

import pytest

from tests.unit.worker.office import Office


@pytest.fixture
def office() -> Office:
    return Office()
