"""A house that guards hosts."""

import pytest

from doorward.core.oauth.gateways.records import ProtectedHost
from tests.builders import ISSUER
from tests.house import House
from tests.stores import a_memory_store

OWN = ProtectedHost(ISSUER)
APP = ProtectedHost("https://app.example", audience="urn:example:app", scopes=("reports:read",))
VAULT = ProtectedHost("https://vault.example", audience="urn:example:vault", role="keeper")


@pytest.fixture
def gate() -> House:
    house = House(a_memory_store(), protected_hosts=(OWN, APP, VAULT))
    house.account()
    return house
