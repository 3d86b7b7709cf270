"""The store with a watch on it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.assembly.figures import current_figures, figures
from doorward.assembly.house import House, open_house
from doorward.core.kernel.errors import Unavailable
from doorward.core.operating.figures import Figures
from doorward.settings.load import load


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(load({"data_dir": tmp_path / "data"}))
    opened.prepare()
    yield opened
    opened.close()


def between(house: House, earlier: Figures) -> Figures:
    return current_figures(house).after(earlier)


def test_what_is_read_and_what_is_written_is_counted_apart(house: House) -> None:
    before = current_figures(house)

    with house.store.view():
        pass
    with house.store.work():
        pass

    counted = between(house, before).counted
    assert counted.store["read"].count == 2  # with the look of the figures themselves
    assert counted.store["write"].count == 1
    assert counted.store_failures == {"read": 0, "write": 0, "rotate": 0}


def test_what_a_flow_raises_inside_is_no_failure_of_the_store(house: House) -> None:
    before = current_figures(house)

    with pytest.raises(Unavailable), house.store.work():
        raise Unavailable(timedelta(seconds=1))

    assert between(house, before).counted.store_failures["write"] == 0


def test_what_goes_on_is_in_use_until_it_is_over(house: House) -> None:
    with house.store.work():
        during = house.metrics.render().decode()
    after = house.metrics.render().decode()

    assert "doorward_store_in_use 1.0" in during
    assert "doorward_store_in_use 0.0" in after


def test_a_store_that_is_away_is_counted_and_leaves_the_other_figures_there(house: House) -> None:
    folder = house.settings.server.data_dir
    house.store.close()
    for file in folder.glob("doorward.sqlite3*"):
        file.unlink()
    (folder / "doorward.sqlite3").mkdir()

    for opens in (house.store.view, house.store.work):
        with pytest.raises(Unavailable), opens():
            pass
    shown = current_figures(house)

    assert not shown.is_store_up
    assert shown.counted.store_failures == {"read": 2, "write": 1, "rotate": 0}
    assert shown.queue == {}
    assert shown.version
    assert b"doorward_store_up 0.0" in figures(house)


def test_rotations_are_timed_also_where_there_are_none(house: House) -> None:
    before = current_figures(house)

    found = house.store.rotate([])

    assert list(found) == []
    assert between(house, before).counted.store["rotate"].count == 1
