from collections.abc import Iterator

import pytest

from doorward.resource import Verifier
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, Issuing, issuing


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def issuer(clock: FixedClock) -> Iterator[Issuing]:
    with issuing(clock) as one:
        yield one


@pytest.fixture
def verifier(issuer: Issuing, clock: FixedClock) -> Iterator[Verifier]:
    one = Verifier(issuer.url, AUDIENCE, clock=clock)
    yield one
    one.close()
