"""The collector at the start of a process."""

import gc
from collections.abc import Iterator

import pytest

from doorward.cli.app import Deferred, Row
from doorward.cli.collector import resting_collector


@pytest.fixture(autouse=True)
def _unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_resting_collector_rests_inside_and_works_again_after() -> None:
    with resting_collector():
        inside = gc.isenabled()

    assert (inside, gc.isenabled()) == (False, True)


def test_resting_collector_works_again_after_a_failure() -> None:
    with pytest.raises(KeyError), resting_collector():
        raise KeyError

    assert gc.isenabled()


def test_resting_collector_passes_over_what_was_made_in_it() -> None:
    with resting_collector():
        made: list[object] = []

    assert not any(each is made for each in gc.get_objects())


def test_command_that_was_loaded_is_passed_over() -> None:
    command = Deferred(Row("jobs", "")).load()

    assert gc.get_freeze_count() > 0
    assert command.name == "jobs"
