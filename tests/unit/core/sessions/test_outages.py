"""The time in which nobody could be answered."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from doorward.assembly.flows import Work
from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.rules import SIGNS_FOR
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.outages import MAY_HAVE_BEEN_DOWN_FOR, Outages
from doorward.core.sessions.records import Kind, Profile, Remembered, Rotation, Session
from doorward.core.sessions.rules import OVERLAP
from doorward.testing.clock import START, FixedClock
from tests.house import HOME, House, Store

NOTHING = timedelta(0)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def at(number: float) -> datetime:
    return START + seconds(number)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def outages(clock: FixedClock) -> Outages:
    return Outages(clock)


def miss(outages: Outages, clock: FixedClock) -> None:
    with pytest.raises(Unavailable), outages.noticed(clock.now()):
        raise Unavailable(seconds(1))


def reach(outages: Outages, clock: FixedClock) -> None:
    with outages.noticed(clock.now()):
        pass


def away(outages: Outages, clock: FixedClock, *, first: float, last: float) -> None:
    """Let the store be away between two moments."""
    clock.advance(at(first) - clock.now())
    miss(outages, clock)
    clock.advance(at(last) - clock.now())
    reach(outages, clock)


def test_within_running_store_that_answers_is_nothing(outages: Outages, clock: FixedClock) -> None:
    clock.advance(seconds(60))
    reach(outages, clock)

    assert outages.within(START, at(60)) == NOTHING


@pytest.mark.parametrize(
    ("since", "until", "expected"), [(0, 100, 30), (15, 100, 25), (0, 20, 10), (15, 20, 5), (0, 10, 0), (40, 100, 0)]
)
def test_within_outage_counts_what_lies_between(
    outages: Outages, clock: FixedClock, since: float, until: float, expected: float
) -> None:
    away(outages, clock, first=10, last=40)

    assert outages.within(at(since), at(until)) == seconds(expected)


def test_within_outage_that_lasts_counts_until_now(outages: Outages, clock: FixedClock) -> None:
    clock.advance(seconds(10))
    miss(outages, clock)
    clock.advance(seconds(20))
    miss(outages, clock)

    assert outages.within(START, at(35)) == seconds(25)


def test_within_outages_are_added_up(outages: Outages, clock: FixedClock) -> None:
    away(outages, clock, first=10, last=20)
    away(outages, clock, first=30, last=45)

    assert outages.within(START, at(100)) == seconds(25)


def test_within_request_that_began_before_another_outage_ended_counts_no_moment_twice(
    outages: Outages, clock: FixedClock
) -> None:
    away(outages, clock, first=10, last=20)
    with pytest.raises(Unavailable), outages.noticed(at(15)):
        raise Unavailable(seconds(1))
    clock.advance(seconds(5))
    reach(outages, clock)

    assert outages.within(START, at(100)) == seconds(15)


def test_within_time_before_the_start_may_have_been_an_outage(outages: Outages) -> None:
    long_before = START - 2 * MAY_HAVE_BEEN_DOWN_FOR

    assert outages.within(long_before, at(10)) == MAY_HAVE_BEEN_DOWN_FOR
    assert outages.within(START, at(10)) == NOTHING


def test_refresh_answer_lost_before_no_key_signs_logs_nobody_out(house: House) -> None:
    house.account("margaret")
    house.advance(SIGNS_FOR - seconds(1))
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
    house.advance(seconds(1))
    for _ in range(4):
        with pytest.raises(Unavailable):
            house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
        house.clock.pause(OVERLAP / 2)
    house.flows.rotate_keys()

    again = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    assert again.session_id == first.session_id


@dataclass
class Leaving:
    """A store that can be away."""

    store: Store
    is_away: bool = False

    def work(self) -> AbstractContextManager[Work]:
        return self._there().work()

    def view(self) -> AbstractContextManager[Work]:
        return self._there().view()

    def rotate(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        return self._there().rotate(rotations)

    def _there(self) -> Store:
        if self.is_away:
            raise Unavailable(seconds(1))
        return self.store


def answer_lost(house: House) -> Remembered:
    """Return what a client holds whose refresh was written and never answered."""
    house.account("margaret")
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
    return first


def test_refresh_answer_lost_in_an_outage_longer_than_the_overlap_logs_nobody_out(house: House) -> None:
    first = answer_lost(house)
    miss(house.flows.refresh.outages, fixed(house))
    house.clock.pause(10 * OVERLAP)

    again = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    assert again.session_id == first.session_id


@pytest.mark.parametrize(("asks", "rest"), [(3, OVERLAP), (60, seconds(0.5))], ids=["now and then", "all the time"])
def test_refresh_while_no_key_signs_logs_nobody_out(house: House, asks: int, rest: timedelta) -> None:
    house.account("margaret")
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    house.advance(-timedelta(hours=1))
    for _ in range(asks):
        with pytest.raises(Unavailable):
            house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
        house.clock.pause(rest)
    house.flows.rotate_keys()

    again = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    assert again.session_id == first.session_id


def test_refresh_answer_lost_before_a_restart_without_the_store_logs_nobody_out(house: House) -> None:
    first = answer_lost(house)
    store = Leaving(house.store)
    restarted = House(store, house.clock)
    store.is_away = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            restarted.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
        house.clock.pause(OVERLAP)
    store.is_away = False

    again = restarted.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    assert again.session_id == first.session_id


def test_refresh_answer_lost_before_a_long_restart_logs_nobody_out(house: House) -> None:
    first = answer_lost(house)
    house.clock.pause(10 * OVERLAP)
    restarted = House(house.store, house.clock)

    again = restarted.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    assert again.session_id == first.session_id


def test_refresh_presented_long_after_an_outage_is_reuse(house: House) -> None:
    first = answer_lost(house)
    away(house.flows.refresh.outages, fixed(house), first=5, last=60)
    house.clock.pause(OVERLAP + seconds(1))

    with pytest.raises(RefreshRefused):
        house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)


def fixed(house: House) -> FixedClock:
    assert isinstance(house.clock, FixedClock)
    return house.clock
