"""The script counts exactly as the counters in the process do."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.adapters.limits.storage import BoundedStorage
from doorward.adapters.redis.window import SCRIPT, SLIDING_WINDOW, Counted, counted
from doorward.adapters.redis.wire import Nonsense, Reply, Wire
from doorward.testing.clock import FixedClock
from tests.caches import CacheServer

AT_A_GIVEN_TIME = "local now = tonumber(ARGV[3])\n" + SLIDING_WINDOW
KEY = "doorward:limits:{x}"
WIDTH = 60
HOUR_MICROSECONDS = 3600 * 1_000_000


def hit(wire: Wire, at: int, *, amount: int = 5) -> Counted:
    reply = wire.ask("EVAL", AT_A_GIVEN_TIME, 1, KEY, WIDTH, amount, at)
    return counted(reply, seconds=WIDTH, amount=amount)


@settings(max_examples=settings().max_examples * 3 // 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    eighths=st.lists(st.integers(min_value=0, max_value=8 * 70), max_size=40),
    amount=st.integers(min_value=1, max_value=9),
)
def test_script_any_rhythm_equals_the_counters_in_the_process(
    cache: CacheServer, eighths: list[int], amount: int
) -> None:
    cache.ask("FLUSHALL")
    clock, wire = FixedClock(), Wire(cache.url)
    storage = BoundedStorage(clock, capacity=1000)

    for pause in eighths:
        clock.advance(timedelta(seconds=pause / 8))
        found = hit(wire, round(clock.steady() * 1_000_000), amount=amount)
        admitted, (before, before_lasts, present, present_lasts) = storage.spend("x", amount, WIDTH)
        assert (found.is_admitted, found.before, found.present) == (admitted, before, present)
        assert found.lasts_seconds + WIDTH == present_lasts
        assert before_lasts in {0.0, found.lasts_seconds}
    wire.close()


@pytest.mark.parametrize("hours", [1, 24, 24 * 365 * 12])
def test_script_clock_set_back_forgives_nothing_and_holds_nobody_for_long(cache: CacheServer, hours: int) -> None:
    wire, at = Wire(cache.url), 500_000 * HOUR_MICROSECONDS
    for _ in range(5):
        hit(wire, at)

    back = at - hours * HOUR_MICROSECONDS
    at_once = hit(wire, back)
    much_later = hit(wire, back + 3 * WIDTH * 1_000_000)

    assert not at_once.is_admitted
    assert much_later.is_admitted
    wire.close()


@pytest.mark.parametrize("nonsense", ["", "x", "1 2", "-1 -5 -9", "1 2 3 4", "9e9 0 0", "1 2 " + "9" * 40])
def test_script_key_with_nonsense_counts_as_empty_and_is_written_anew(cache: CacheServer, nonsense: str) -> None:
    cache.ask("SET", KEY, nonsense)
    wire = Wire(cache.url)

    found = [hit(wire, HOUR_MICROSECONDS).is_admitted for _ in range(6)]

    assert found == [True] * 5 + [False]
    wire.close()


def test_script_key_of_another_type_is_written_anew(cache: CacheServer) -> None:
    cache.ask("RPUSH", KEY, "x")
    wire = Wire(cache.url)

    assert [hit(wire, HOUR_MICROSECONDS).is_admitted for _ in range(6)] == [True] * 5 + [False]
    wire.close()


def test_script_poisoned_key_holds_nobody_for_more_than_two_windows(cache: CacheServer) -> None:
    cache.ask("SET", KEY, f"{10**9} 0 {10**9}")
    wire = Wire(cache.url)

    held = hit(wire, HOUR_MICROSECONDS)
    later = hit(wire, HOUR_MICROSECONDS + 2 * WIDTH * 1_000_000)

    assert not held.is_admitted
    assert later.is_admitted
    wire.close()


def test_script_at_the_server_s_time_leaves_a_key_that_ends_by_itself(cache: CacheServer) -> None:
    counted(cache.ask("EVAL", SCRIPT, 1, KEY, WIDTH, 5), seconds=WIDTH, amount=5)

    left = cache.ask("PTTL", KEY)

    assert isinstance(left, int)
    assert 0 < left <= 2 * WIDTH * 1000


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(b"OK", id="text"),
        pytest.param(None, id="nothing"),
        pytest.param([], id="empty"),
        pytest.param([1, 0, 1_000_000], id="short"),
        pytest.param([1, 0, 1_000_000, 1, 1], id="long"),
        pytest.param([1, 0, 1_000_000, b"1"], id="text within"),
        pytest.param([2, 0, 1_000_000, 1], id="neither yes nor no"),
        pytest.param([1, -5, 1_000_000, 1], id="negative"),
        pytest.param([1, 0, 61_000_000, 1], id="longer than the window"),
        pytest.param([1, 0, 0, 1], id="no time left"),
        pytest.param([1, 0, 1_000_000, 6], id="admitted beyond the amount"),
        pytest.param([0, 0, 1_000_000, 1], id="refused within the amount"),
        pytest.param([0, 2**60, 1_000_000, 1], id="huge"),
    ],
)
def test_counted_answer_that_no_script_gives_is_nonsense(reply: Reply) -> None:
    with pytest.raises(Nonsense):
        counted(reply, seconds=WIDTH, amount=5)
