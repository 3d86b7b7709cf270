"""One server for every plan that a process runs, and the applications of each."""

from collections.abc import Callable, Iterator

import pytest

from tests.conformance.suite.deployment import Deployment, a_deployment
from tests.conformance.suite.party import Party
from tests.conformance.suite.person import Person


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with a_deployment(tmp_path_factory.mktemp("suite")) as running:
        yield running


@pytest.fixture
def stranger(deployment: Deployment) -> Iterator[Person]:
    """Return somebody whom the server does not know yet."""
    person = Person(deployment)
    yield person
    person.client.close()


@pytest.fixture(scope="session")
def regular(deployment: Deployment) -> Iterator[Person]:
    """Return somebody who is signed in, and stays so."""
    person = Person(deployment).sign_in()
    assert person.is_signed_in
    yield person
    person.client.close()


@pytest.fixture(scope="session")
def registered(deployment: Deployment) -> Callable[..., Party]:
    """Return what registers an application, once for the same words."""
    made: dict[str, Party] = {}

    def register(name: str, **more: object) -> Party:
        if name not in made:
            made[name] = Party.registered(deployment, name, **more)  # type: ignore[arg-type]  # a test's own
        return made[name]

    return register
