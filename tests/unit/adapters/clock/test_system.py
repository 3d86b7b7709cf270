from datetime import UTC, timedelta

from doorward.adapters.clock.system import SystemClock


def test_now_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_pause_returns_after_the_duration() -> None:
    clock = SystemClock()
    before = clock.now()

    clock.pause(timedelta(milliseconds=5))

    assert clock.now() - before >= timedelta(milliseconds=5)


def test_pause_negative_duration_returns_at_once() -> None:
    SystemClock().pause(timedelta(seconds=-1))


def test_steady_only_grows() -> None:
    clock = SystemClock()
    before = clock.steady()

    clock.pause(timedelta(milliseconds=5))

    assert clock.steady() - before >= 0.005
