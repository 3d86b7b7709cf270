from math import inf

import pytest

from doorward.core.operating.figures import Counted, Figures, Spread

BOUNDS = (0.1, 1.0, inf)


def test_quantile_is_guessed_within_its_bucket() -> None:
    spread = Spread(BOUNDS, (10.0, 20.0, 20.0))

    assert spread.quantile(0.25) == pytest.approx(0.05)
    assert spread.quantile(0.75) == pytest.approx(0.55)


def test_quantile_beyond_every_bound_is_the_longest() -> None:
    assert Spread(BOUNDS, (0.0, 0.0, 4.0)).quantile(0.99) == 1.0


@pytest.mark.parametrize("spread", [Spread(), Spread(BOUNDS, (0.0, 0.0, 0.0))], ids=["of nothing", "of none"])
def test_quantile_where_nothing_was_is_none(spread: Spread) -> None:
    assert spread.quantile(0.5) is None


def test_spreads_are_added_and_taken_from_one_another() -> None:
    one, other = Spread(BOUNDS, (1.0, 2.0, 3.0)), Spread(BOUNDS, (1.0, 1.0, 1.0))

    assert (one + other).counts == (2.0, 3.0, 4.0)
    assert (one - other).counts == (0.0, 1.0, 2.0)
    assert one + Spread() == one == Spread() + one


def test_after_counts_what_came_since() -> None:
    earlier = Figures(
        100.0, Counted(logins={"accepted": 3.0}, store={"read": Spread(BOUNDS, (1.0, 1.0, 1.0))}), since=0.0
    )
    later = Figures(
        160.0,
        Counted(logins={"accepted": 5.0, "refused": 1.0}, store={"read": Spread(BOUNDS, (1.0, 2.0, 2.0))}),
        since=0.0,
    )

    between = later.after(earlier)

    assert between.counted.logins == {"accepted": 2.0, "refused": 1.0}
    assert between.counted.store["read"].counts == (0.0, 1.0, 1.0)
    assert between.seconds == 60.0


def test_after_a_new_start_counts_what_came_since_that() -> None:
    earlier, later = Figures(1.0, Counted(logins={"accepted": 9.0})), Figures(2.0, Counted(logins={"accepted": 2.0}))

    assert later.after(earlier).counted.logins == {"accepted": 2.0}


def test_seconds_of_a_process_that_does_not_say_since_when_are_none() -> None:
    assert Figures(1.0, Counted()).seconds is None
