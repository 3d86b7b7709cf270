from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.core.outbox.rules import MAX_ATTEMPTS, attempts_when_revived, next_run
from tests.builders import NOW, a_job


@pytest.mark.parametrize(
    ("attempts", "delay"),
    [
        (0, timedelta(seconds=5)),
        (1, timedelta(seconds=5)),
        (2, timedelta(seconds=10)),
        (13, timedelta(seconds=20480)),
        (14, timedelta(hours=6)),
        (22, timedelta(hours=6)),
    ],
)
def test_next_run_delay_doubles_up_to_six_hours(attempts: int, delay: timedelta) -> None:
    assert next_run(a_job(attempts=attempts), NOW, spread=1) == NOW + delay
    assert next_run(a_job(attempts=attempts), NOW, spread=0) == NOW + delay / 2


def test_next_run_a_weekend_without_a_mail_server_is_outlasted_by_half_and_a_day_by_all() -> None:
    def whole(spread: float) -> timedelta:
        runs = [next_run(a_job(attempts=attempts), NOW, spread=spread) for attempts in range(1, MAX_ATTEMPTS)]
        return sum(((run or NOW) - NOW for run in runs), timedelta())

    assert whole(0) > timedelta(hours=32)
    assert whole(0.5) > timedelta(hours=48)


def test_next_run_after_the_last_attempt_is_none() -> None:
    assert next_run(a_job(attempts=MAX_ATTEMPTS), NOW, spread=0) is None


@given(st.integers(0, MAX_ATTEMPTS - 1), st.floats(0, 1))
def test_next_run_any_spread_stays_in_the_second_half(attempts: int, spread: float) -> None:
    least = next_run(a_job(attempts=attempts), NOW, spread=0)
    most = next_run(a_job(attempts=attempts), NOW, spread=1)
    drawn = next_run(a_job(attempts=attempts), NOW, spread=spread)

    assert least is not None
    assert most is not None
    assert drawn is not None
    assert least <= drawn <= most


@pytest.mark.parametrize(("attempts", "delay"), [(1, 5), (2, 10), (7, 320), (8, 600), (500, 600)])
def test_next_run_what_comes_every_ten_minutes_waits_no_longer_and_is_never_given_up(attempts: int, delay: int) -> None:
    every = timedelta(minutes=10)

    assert next_run(a_job(attempts=attempts), NOW, spread=1, every=every) == NOW + timedelta(seconds=delay)


@pytest.mark.parametrize(("attempts", "revived"), [(1, 23), (23, 23), (24, 46), (46, 46)])
def test_attempts_when_revived_a_whole_round_is_left(attempts: int, revived: int) -> None:
    again = attempts_when_revived(a_job(attempts=attempts))

    assert again == revived
    assert next_run(a_job(attempts=again + 1), NOW, spread=1) == NOW + timedelta(seconds=5)
    assert next_run(a_job(attempts=again + MAX_ATTEMPTS - 1), NOW, spread=1) is not None
    assert next_run(a_job(attempts=again + MAX_ATTEMPTS), NOW, spread=1) is None
