from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from doorward.testing.clock import START, FixedClock


def test_now_stands_still_until_advanced() -> None:
    clock = FixedClock()

    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(days=1)) == START + timedelta(days=1)


def test_pause_moves_the_time_on() -> None:
    clock = FixedClock()

    clock.pause(timedelta(hours=12))

    assert clock.now() == START + timedelta(hours=12)


def test_advance_from_many_threads_loses_nothing() -> None:
    clock = FixedClock()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(clock.advance, [timedelta(seconds=1)] * 500))

    assert clock.now() == START + timedelta(seconds=500)


def test_steady_follows_time_that_passes_and_no_step() -> None:
    clock = FixedClock()
    start = clock.steady()

    clock.set_by(timedelta(hours=-1))
    clock.advance(timedelta(seconds=3))
    clock.set_by(timedelta(hours=2))

    assert clock.steady() - start == 3
    assert clock.now() == START + timedelta(hours=1, seconds=3)


def test_then_is_called_after_an_advance_and_not_after_a_pause() -> None:
    called: list[str] = []
    clock = FixedClock(then=lambda: called.append("then"))

    clock.pause(timedelta(hours=1))
    assert called == []
    clock.advance(timedelta(hours=1))

    assert called == ["then"]
