from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.limits.counters import LimitsCounters
from doorward.core.limits.records import Limit, Per
from doorward.testing.clock import FixedClock

MINUTE = timedelta(minutes=1)
FIVE = Limit("five", 5, MINUTE, Per.ADDRESS)


def test_hit_within_amount_admits_and_counts_down() -> None:
    counters = LimitsCounters(FixedClock())

    answers = [counters.hit(FIVE, "a") for _ in range(5)]

    assert [answer.admitted for answer in answers] == [True] * 5
    assert [answer.remaining for answer in answers] == [4, 3, 2, 1, 0]


def test_hit_beyond_amount_refuses_and_says_when_the_next_fits() -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    for _ in range(5):
        counters.hit(FIVE, "a")

    refused = counters.hit(FIVE, "a")
    clock.advance(refused.reset_after - timedelta(milliseconds=10))
    too_early = counters.hit(FIVE, "a")
    clock.advance(too_early.reset_after)
    in_time = counters.hit(FIVE, "a")

    assert not refused.admitted
    assert refused.remaining == 0
    assert not too_early.admitted
    assert in_time.admitted


def test_hit_after_reset_finds_the_budget_whole() -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    clock.advance(timedelta(seconds=17))
    first = counters.hit(FIVE, "a")

    clock.advance(first.reset_after)

    assert counters.hit(FIVE, "a").remaining == 4


def test_hit_other_key_and_other_limit_have_budgets_of_their_own() -> None:
    counters = LimitsCounters(FixedClock())
    for _ in range(6):
        counters.hit(FIVE, "a")

    assert counters.hit(FIVE, "b").admitted
    assert counters.hit(Limit("other", 5, MINUTE, Per.ADDRESS), "a").admitted


def test_hit_burst_over_the_edge_of_two_windows_is_held_back() -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    clock.advance(timedelta(seconds=59))
    before = sum(counters.hit(FIVE, "a").admitted for _ in range(9))

    clock.advance(timedelta(seconds=2))
    after = sum(counters.hit(FIVE, "a").admitted for _ in range(9))

    assert before == 5
    assert after <= 1


def test_hit_from_many_threads_admits_exactly_the_amount() -> None:
    counters = LimitsCounters(FixedClock())
    hundred = Limit("hundred", 100, MINUTE, Per.ADDRESS)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: counters.hit(hundred, "a"), range(800)))

    assert sum(answer.admitted for answer in answers) == 100
    assert sorted(answer.remaining for answer in answers if answer.admitted) == list(range(100))


@pytest.mark.parametrize("up_for", [0, 1, 20, 59, 61])
def test_hit_on_a_machine_that_has_just_started_counts_each_once(up_for: int) -> None:
    counters = LimitsCounters(FixedClock(datetime.fromtimestamp(up_for, UTC)))

    assert sum(counters.hit(FIVE, "a").admitted for _ in range(9)) == 5


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_hit_step_of_the_clock_opens_no_limit(hours: int) -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    for _ in range(5):
        counters.hit(FIVE, "a")

    clock.set_by(timedelta(hours=hours))

    assert not counters.hit(FIVE, "a").admitted


@pytest.mark.parametrize(("weight", "admitted"), [(1, 5), (2, 2), (3, 1), (5, 1), (1000, 1)])
def test_hit_as_weight_leaves_each_counter_its_share_and_never_none(weight: int, admitted: int) -> None:
    counters = LimitsCounters(FixedClock())

    assert sum(counters.hit_as(FIVE, "a", weight=weight).admitted for _ in range(9)) == admitted


def test_hit_as_weight_goes_on_counting_when_the_weight_changes() -> None:
    counters = LimitsCounters(FixedClock())
    counters.hit_as(FIVE, "a", weight=4)

    answers = [counters.hit(FIVE, "a").admitted for _ in range(3)]

    assert answers == [True, False, False]


@given(st.integers(min_value=1, max_value=7), st.lists(st.integers(min_value=0, max_value=40_000), max_size=30))
def test_hit_as_refused_caller_who_waits_as_told_is_admitted(weight: int, pauses: list[int]) -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)

    for milliseconds in pauses:
        clock.advance(timedelta(milliseconds=milliseconds))
        answer = counters.hit_as(FIVE, "a", weight=weight)
        if not answer.admitted:
            clock.advance(answer.reset_after)
            assert counters.hit_as(FIVE, "a", weight=weight).admitted


def test_hit_scaled_multiplies_the_amount() -> None:
    counters = LimitsCounters(FixedClock(), scale=10)

    assert sum(counters.hit(FIVE, "a").admitted for _ in range(60)) == 50


@pytest.mark.parametrize("scale", [0, -1])
def test_constructor_scale_below_one_refuses(scale: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        LimitsCounters(FixedClock(), scale=scale)


def test_hit_more_keys_than_capacity_stays_bounded_and_keeps_the_busy() -> None:
    counters = LimitsCounters(FixedClock(), capacity=100)

    for number in range(1000):
        counters.hit(FIVE, f"passer-by {number}")
        busy = counters.hit(FIVE, "busy")

    assert len(counters._storage) <= 100
    assert not busy.admitted


def test_hit_after_expiry_removes_old_counters() -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    for number in range(100):
        counters.hit(FIVE, f"{number}")

    clock.advance(3 * MINUTE)
    for number in range(20):
        counters.hit(FIVE, f"later {number}")

    assert len(counters._storage) == 20


def test_hit_keeps_no_key_in_clear() -> None:
    counters = LimitsCounters(FixedClock())

    counters.hit(FIVE, "192.0.2.7")

    assert "192.0.2.7" not in repr(vars(counters._storage))


@given(st.lists(st.integers(min_value=0, max_value=40), min_size=1, max_size=60))
def test_hit_any_rhythm_never_admits_twice_the_amount_in_a_window(pauses: list[int]) -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)
    admitted = []

    for seconds in pauses:
        clock.advance(timedelta(seconds=seconds))
        if counters.hit(FIVE, "a").admitted:
            admitted.append(clock.now())

    busiest = max((sum(start <= at < start + MINUTE for at in admitted) for start in admitted), default=0)
    assert busiest < 2 * FIVE.amount


@given(st.lists(st.integers(min_value=0, max_value=90_000), max_size=30))
def test_hit_refused_caller_who_waits_as_told_is_admitted(pauses: list[int]) -> None:
    clock = FixedClock()
    counters = LimitsCounters(clock)

    for milliseconds in pauses:
        clock.advance(timedelta(milliseconds=milliseconds))
        answer = counters.hit(FIVE, "a")
        if not answer.admitted:
            clock.advance(answer.reset_after)
            assert counters.hit(FIVE, "a").admitted
