"""What an adopter sees of the twin is what a real server shows: one table of scenarios, played on both."""

from collections.abc import Callable, Iterator

import pytest

from tests.functional.twin.grounds import Ground, OnServer, OnTwin
from tests.functional.twin.scenarios import SCENARIOS, Step


@pytest.fixture
def twin() -> Iterator[Ground]:
    ground = OnTwin()
    yield ground
    ground.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = OnServer(tmp_path_factory.mktemp("server"))
    yield ground
    ground.close()


@pytest.fixture(params=["twin", "server"])
def ground(request: pytest.FixtureRequest) -> Ground:
    found: Ground = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(("scenario", "answered"), SCENARIOS, ids=lambda each: getattr(each, "__name__", ""))
def test_scenario_on_either_ground_is_answered_the_same(
    ground: Ground, scenario: Callable[[Ground], list[Step]], answered: list[Step]
) -> None:
    assert scenario(ground) == answered
