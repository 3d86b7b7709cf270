import pytest
from hypothesis import settings

from tests.house import House
from tests.stores import a_memory_store

# A shared machine may pause in any example; what an example costs is measured elsewhere.
settings.register_profile("core", deadline=None, max_examples=100)
settings.load_profile("core")


@pytest.fixture
def house() -> House:
    return House(a_memory_store())
