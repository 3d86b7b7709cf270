"""One server for all the libraries that others wrote."""

from collections.abc import Iterator

import pytest

from doorward.core.keys.jose import JsonValue
from tests.conformance.foreign.libraries import a_world

World = dict[str, JsonValue]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("world")) as started:
        yield started
