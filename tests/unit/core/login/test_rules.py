from datetime import timedelta

import pytest

from doorward.core.login import rules
from doorward.core.login.records import UNTRUSTED, Attempts, Lane
from doorward.core.login.rules import FAILURES, RESERVED_FOR, SUSPENDED_FOR, Admission
from tests.builders import NOW

SECOND = timedelta(seconds=1)
PHONE = "phone"


def an_attempts_record(failures: int = 0, *, lane: str = UNTRUSTED) -> Attempts:
    """Return a record with failures that were all made at once."""
    attempts = Attempts("account")
    for number in range(failures):
        slot = str(number)
        _, attempts = rules.reserve(attempts, lane, slot=slot, now=NOW)
        attempts = rules.failed(attempts, lane, slot=slot, now=NOW)
    return attempts


def with_slots(attempts: Attempts, count: int, *, lane: str = UNTRUSTED) -> Attempts:
    for number in range(count):
        _, attempts = rules.reserve(attempts, lane, slot=f"open-{number}", now=NOW)
    return attempts


def test_reserve_first_attempt_is_admitted() -> None:
    admission, after = rules.reserve(Attempts("account"), UNTRUSTED, slot="one", now=NOW)

    assert admission is Admission.ADMITTED
    assert after.lanes[UNTRUSTED].reserved == {"one": NOW}


def test_reserve_while_the_last_slots_are_in_flight_waits() -> None:
    before = with_slots(an_attempts_record(2), 3)

    admission, after = rules.reserve(before, UNTRUSTED, slot="more", now=NOW)

    assert admission is Admission.WAIT
    assert after == before


def test_reserve_after_five_failures_is_refused_for_twelve_hours() -> None:
    before = an_attempts_record(FAILURES)

    until_then, _ = rules.reserve(before, UNTRUSTED, slot="more", now=NOW + SUSPENDED_FOR - SECOND)
    from_then, _ = rules.reserve(before, UNTRUSTED, slot="more", now=NOW + SUSPENDED_FOR)

    assert (until_then, from_then) == (Admission.REFUSED, Admission.ADMITTED)


def test_reserve_after_five_spread_failures_is_refused_for_twelve_hours_from_the_fifth() -> None:
    attempts = Attempts("account")
    for hour in range(0, 10, 2):
        now = NOW + timedelta(hours=hour)
        _, attempts = rules.reserve(attempts, UNTRUSTED, slot=f"{hour}", now=now)
        attempts = rules.failed(attempts, UNTRUSTED, slot=f"{hour}", now=now)

    before_then, _ = rules.reserve(attempts, UNTRUSTED, slot="more", now=NOW + timedelta(hours=19))
    from_then, _ = rules.reserve(attempts, UNTRUSTED, slot="more", now=NOW + timedelta(hours=20))

    assert (before_then, from_then) == (Admission.REFUSED, Admission.ADMITTED)


def test_reserve_in_another_lane_is_admitted() -> None:
    admission, _ = rules.reserve(an_attempts_record(FAILURES), PHONE, slot="one", now=NOW)

    assert admission is Admission.ADMITTED


def test_reserve_slots_that_never_came_back_count_as_failures() -> None:
    before = with_slots(Attempts("account"), FAILURES)

    waiting, _ = rules.reserve(before, UNTRUSTED, slot="more", now=NOW + RESERVED_FOR)
    refused, after = rules.reserve(before, UNTRUSTED, slot="more", now=NOW + RESERVED_FOR + SECOND)

    assert (waiting, refused) == (Admission.WAIT, Admission.REFUSED)
    assert rules.is_suspended(after, UNTRUSTED, now=NOW + SUSPENDED_FOR)


def test_reserve_at_the_ceiling_is_refused_in_every_lane() -> None:
    before = Attempts("account", consecutive=rules.CEILING)

    assert rules.reserve(before, UNTRUSTED, slot="one", now=NOW) == (Admission.REFUSED, before)
    assert rules.reserve(before, PHONE, slot="one", now=NOW) == (Admission.REFUSED, before)


def test_failed_fifth_time_suspends_the_lane_alone() -> None:
    before = an_attempts_record(FAILURES - 1)
    _, reserved = rules.reserve(before, UNTRUSTED, slot="last", now=NOW)

    after = rules.failed(reserved, UNTRUSTED, slot="last", now=NOW)

    assert rules.has_just_suspended(before, after, UNTRUSTED, now=NOW)
    assert not rules.has_just_suspended(after, after, UNTRUSTED, now=NOW)
    assert not rules.is_suspended(after, PHONE, now=NOW)
    assert after.consecutive == FAILURES


def test_failed_after_the_slot_was_given_up_still_counts() -> None:
    after = rules.failed(Attempts("account"), UNTRUSTED, slot="gone", now=NOW)

    assert after.lanes[UNTRUSTED].failures == (NOW,)


def test_succeeded_forgives_the_lane_and_keeps_the_others() -> None:
    before = with_slots(with_slots(an_attempts_record(3), 1), 2, lane=PHONE)

    after = rules.succeeded(before, UNTRUSTED, slot="open-0")

    assert UNTRUSTED not in after.lanes
    assert set(after.lanes[PHONE].reserved) == {"open-0", "open-1"}
    assert after.consecutive == 0


def test_succeeded_keeps_the_slots_of_others_in_the_lane() -> None:
    before = with_slots(an_attempts_record(3), 2)

    after = rules.succeeded(before, UNTRUSTED, slot="open-0")

    assert after.lanes[UNTRUSTED] == Lane(reserved={"open-1": NOW})


def test_succeeded_in_a_lane_that_is_gone_forgives_all_the_same() -> None:
    assert rules.succeeded(Attempts("account", consecutive=3), PHONE, slot="one") == Attempts("account")


def test_unlocked_lifts_the_suspension_of_everybody() -> None:
    after = rules.unlocked(an_attempts_record(FAILURES))

    assert rules.reserve(after, UNTRUSTED, slot="one", now=NOW)[0] is Admission.ADMITTED
    assert after.consecutive == 0


@pytest.mark.parametrize("lane", [UNTRUSTED, PHONE])
def test_without_lane_forgets_only_that(lane: str) -> None:
    before = with_slots(an_attempts_record(2), 1, lane=PHONE)

    assert set(rules.without_lane(before, lane).lanes) == {UNTRUSTED, PHONE} - {lane}


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(days=1)])
def test_reserve_clock_put_back_a_little_is_still_refused(step: timedelta) -> None:
    admission, _ = rules.reserve(an_attempts_record(FAILURES), UNTRUSTED, slot="more", now=NOW - step)

    assert admission is Admission.REFUSED


def test_reserve_clock_put_back_by_years_locks_nobody_out_until_then() -> None:
    before = with_slots(an_attempts_record(FAILURES - 1), 1)
    suspended = an_attempts_record(FAILURES)
    now = NOW - timedelta(days=4000)

    admissions = [rules.reserve(each, UNTRUSTED, slot="more", now=now)[0] for each in (before, suspended)]

    assert admissions == [Admission.ADMITTED, Admission.ADMITTED]


def test_reserve_slot_of_a_clock_that_was_years_ahead_holds_nobody_back() -> None:
    _, before = rules.reserve(Attempts("account"), UNTRUSTED, slot="ahead", now=NOW + timedelta(days=36_500))

    _, after = rules.reserve(before, UNTRUSTED, slot="one", now=NOW)

    assert after.lanes[UNTRUSTED].reserved == {"one": NOW}
