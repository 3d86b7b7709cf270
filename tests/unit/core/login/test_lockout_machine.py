"""The five-failures rule as a game: attackers, the owner's own device, processes that die, and clocks that are set."""

from datetime import datetime, timedelta
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from doorward.core.login import rules
from doorward.core.login.records import UNTRUSTED, Attempts
from doorward.core.login.rules import RESERVED_FOR, Admission
from tests.builders import NOW

PHONE: Final = "phone"
FAILURES: Final = 5
TWELVE_HOURS: Final = timedelta(hours=12)
PAUSES: Final = st.one_of(
    st.integers(0, 60).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 13).map(lambda hours: timedelta(hours=hours)),
)


class Lockout(RuleBasedStateMachine):
    """True time only runs on; what the rules are told is true time plus what somebody set the clock by."""

    def __init__(self) -> None:
        super().__init__()
        self.true_now = NOW
        self.error = timedelta(0)
        self.attempts = Attempts("account")
        self.slots: dict[str, datetime] = {}
        self.lost: dict[str, datetime] = {}
        self.number = 0
        self.evaluated: list[datetime] = []
        self.steps_forward: list[datetime] = []

    @property
    def now(self) -> datetime:
        return self.true_now + self.error

    @rule(pause=PAUSES)
    def time_passes(self, pause: timedelta) -> None:
        self.true_now += pause
        overdue = [slot for slot, taken in self.slots.items() if self.true_now - taken > RESERVED_FOR]
        for slot in overdue:
            self.lose(slot)

    @rule(by=st.sampled_from([timedelta(days=1), timedelta(days=-1)]))
    def clock_is_set(self, by: timedelta) -> None:
        self.error += by
        if by > timedelta(0):
            self.steps_forward.append(self.true_now)
            for slot in list(self.slots):
                self.lose(slot)

    @rule()
    def attacker_asks_for_a_check(self) -> None:
        self.number += 1
        admission, self.attempts = rules.reserve(self.attempts, UNTRUSTED, slot=f"{self.number}", now=self.now)
        if admission is Admission.ADMITTED:
            self.slots[f"{self.number}"] = self.true_now
        if admission is Admission.WAIT:
            assert self.slots or self.lost

    @rule(times=st.integers(2, FAILURES))
    def attacker_guesses(self, times: int) -> None:
        for _ in range(times):
            known = set(self.slots)
            self.attacker_asks_for_a_check()
            for slot in set(self.slots) - known:
                self.fail(slot)

    @precondition(lambda self: self.slots)
    @rule(data=st.data())
    def check_shows_a_wrong_password(self, data: st.DataObject) -> None:
        self.fail(data.draw(st.sampled_from(sorted(self.slots))))

    @precondition(lambda self: self.slots)
    @rule(data=st.data())
    def process_dies_during_the_check(self, data: st.DataObject) -> None:
        slot = data.draw(st.sampled_from(sorted(self.slots)))
        self.lose(slot)

    @precondition(lambda self: self.lost)
    @rule(data=st.data())
    def check_comes_back_too_late(self, data: st.DataObject) -> None:
        slot = data.draw(st.sampled_from(sorted(self.lost)))
        del self.lost[slot]
        self.attempts = rules.failed(self.attempts, UNTRUSTED, slot=slot, now=self.now)

    @rule()
    def owner_signs_in_on_a_known_device(self) -> None:
        before = self.attempts.lanes.get(UNTRUSTED)
        admission, reserved = rules.reserve(self.attempts, PHONE, slot="owner", now=self.now)

        assert admission is Admission.ADMITTED or self.attempts.consecutive >= rules.CEILING

        if admission is Admission.ADMITTED:
            self.attempts = rules.succeeded(reserved, PHONE, slot="owner")
            assert self.attempts.lanes.get(UNTRUSTED) == before

    @rule()
    def operator_sees_nothing_left_after_a_day(self) -> None:
        """Whatever happened, whoever waits long enough is admitted: nothing is suspended for ever."""
        late = max([self.now, *self.remembered()]) + 2 * TWELVE_HOURS + RESERVED_FOR + timedelta(seconds=1)
        admission, after = rules.reserve(self.attempts, UNTRUSTED, slot="late", now=late)
        if admission is Admission.REFUSED and self.attempts.consecutive < rules.CEILING:
            admission, _ = rules.reserve(after, UNTRUSTED, slot="later", now=late + 2 * TWELVE_HOURS)

        assert admission is Admission.ADMITTED or self.attempts.consecutive >= rules.CEILING

    def fail(self, slot: str) -> None:
        self.evaluated.append(self.true_now)
        del self.slots[slot]
        self.attempts = rules.failed(self.attempts, UNTRUSTED, slot=slot, now=self.now)

    def lose(self, slot: str) -> None:
        """Hear no more of a check; its guess was made when the slot was taken."""
        self.lost[slot] = self.slots.pop(slot)
        self.evaluated.append(self.lost[slot])

    def remembered(self) -> list[datetime]:
        """Return every moment that the record holds."""
        lane = self.attempts.lanes.get(UNTRUSTED)
        if lane is None:
            return []
        until = [lane.suspended_until] if lane.suspended_until else []
        return [*lane.failures, *lane.reserved.values(), *until]

    @invariant()
    def five_guesses_in_twelve_hours_and_five_more_for_each_step_forward(self) -> None:
        """In any twelve hours of true time at most five guesses, and five more for each step of the clock forward."""
        for end in self.evaluated:
            begin = end - TWELVE_HOURS
            guesses = sum(begin < at <= end for at in self.evaluated)
            steps = sum(begin < at <= end for at in self.steps_forward)
            assert guesses <= FAILURES * (1 + steps)


Lockout.TestCase.settings = settings(max_examples=settings().max_examples * 4 // 5, stateful_step_count=40)
TestLockout = Lockout.TestCase
