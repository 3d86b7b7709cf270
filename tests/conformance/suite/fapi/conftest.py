"""Two applications that are held to the profile."""

import pytest

from tests.conformance.suite.deployment import Deployment
from tests.conformance.suite.fapi.application import Pushing


@pytest.fixture(scope="session")
def first(deployment: Deployment) -> Pushing:
    return Pushing.of(deployment, "first")


@pytest.fixture(scope="session")
def second(deployment: Deployment) -> Pushing:
    return Pushing.of(deployment, "second")
