"""A site that guards hosts, and people before them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.gateways.seeker import HOSTS, Seeker
from tests.functional.site import Site


@pytest.fixture
def gate(tmp_path: Path, settled_store: Path) -> Iterator[Site]:
    site = Site.open(tmp_path, settled_store, protected_hosts=HOSTS)
    yield site
    site.close()


@pytest.fixture
def stranger(gate: Site) -> Seeker:
    return Seeker(gate)


@pytest.fixture
def member(gate: Site) -> Seeker:
    return Seeker(gate).sign_in()
