from datetime import timedelta

import pytest

from doorward.api.pages.console.overview import charts
from doorward.core.operating.figures import Counted, Figures
from doorward.core.operating.overview.slices import EVERY, Slice, slices
from doorward.testing.clock import START
from tests.functional.inside import HOUR


def a_slice(signed_in: int = 0, refused: int = 0, *, median: float | None = None, ready: int | None = 0) -> Slice:
    return Slice(START - EVERY, START, signed_in, refused, 0, 0, median, median, ready, 0)


def figures(moment: int, signed_in: int) -> Figures:
    return Figures((START + moment * EVERY).timestamp(), Counted(logins={"accepted": signed_in}))


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 0), (2, 1), (31, 30), (32, 15), (121, 30)])
def test_slices_are_as_many_as_asked_at_most(count: int, expected: int) -> None:
    history = [figures(moment, moment) for moment in range(count)]

    parts = slices(history, 30)

    assert len(parts) == expected
    assert [part.until for part in parts[-1:]] == [START + (count - 1) * EVERY for _ in history[-1:]][: len(parts)]


def test_slices_count_what_happened_between_and_nothing_twice() -> None:
    parts = slices(HOUR, charts.PARTS)

    assert sum(part.signed_in for part in parts) == 3 * 120
    assert sum(part.limited for part in parts) == 60
    assert parts[-1].until - parts[0].until == timedelta(minutes=58)
    assert {part.answered for part in parts} == {160}


def test_slices_without_durations_have_no_times() -> None:
    (part,) = slices([figures(0, 1), figures(1, 3)], 30)

    assert (part.signed_in, part.answered, part.median, part.slowest) == (2, 0, None, None)
    assert (part.ready, part.dead) == (None, None)


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 4), (0.01, 4), (4, 4), (5, 8), (9, 20), (21, 40), (99, 200), (201, 400), (8001, 20_000)],
)
def test_nice_is_round_and_not_below(most: float, top: float) -> None:
    assert charts.nice(most) == top


def test_bars_stand_on_one_another_and_within_the_chart() -> None:
    chart = charts.of_instance([a_slice(3, 1), a_slice(), a_slice(0, 4)])[0]

    low, high, alone = chart.bars
    assert (low.look, high.look, alone.look) == ("a", "b", "b")
    assert high.y + high.height == pytest.approx(low.y, abs=0.2)
    assert all(bar.x >= 0 and bar.x + bar.width <= charts.WIDTH and bar.y >= 0 for bar in chart.bars)


def test_bars_stand_where_their_time_is_in_the_hour_that_ends_now() -> None:
    half_an_hour_ago = Slice(START - timedelta(minutes=31), START - timedelta(minutes=30), 1, 0, 0, 0, None, None, 0, 0)

    early, late = charts.of_instance([half_an_hour_ago, a_slice(1)])[0].bars

    assert early.x + early.width == pytest.approx((64 + charts.WIDTH - 8) / 2, abs=3)
    assert late.x + late.width == pytest.approx(charts.WIDTH - 8, abs=3)


def test_lines_break_where_nothing_is_known() -> None:
    parts = [a_slice(median=2.0), a_slice(), a_slice(median=4.0), a_slice(median=4.0)]

    chart = charts.of_instance(parts)[1]

    assert chart.lines[0].path.count("M") == 2
    assert chart.lines[0].path.count("L") == 1


def test_charts_of_nothing_are_empty_and_say_so() -> None:
    drawn = (*charts.of_instance([]), *charts.of_refusals([]))

    assert all(chart.is_empty and not chart.bars for chart in drawn)
    assert drawn[2].summary == "no jobs wait, no are given up, of all instances."
