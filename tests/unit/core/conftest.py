import pytest

from tests.house import House
from tests.stores import a_memory_store


@pytest.fixture
def house() -> House:
    return House(a_memory_store())
