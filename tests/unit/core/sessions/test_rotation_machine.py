"""Refresh rotation as a game between an honest client, its second tab, a bad line and a thief."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from doorward.core.sessions import rules
from doorward.core.sessions.records import Session
from doorward.core.sessions.rules import OVERLAP, Presented, Verdict
from tests.builders import NOW, a_session

ROUNDS: Final = 3
WITHIN: Final = st.integers(0, int(OVERLAP.total_seconds())).map(lambda seconds: timedelta(seconds=seconds))
BEYOND: Final = st.integers(int(OVERLAP.total_seconds()) + 1, 86_400).map(lambda seconds: timedelta(seconds=seconds))


@dataclass(frozen=True)
class Held:
    """A token in somebody's hands."""

    generation: int
    digest: bytes


class Server:
    """What the flow does with a verdict, on one session, and how many tokens it made of each generation."""

    def __init__(self) -> None:
        self.session: Session = a_session(digest=b"0")
        self.made: dict[int, set[bytes]] = {0: {b"0"}}

    def refresh(self, held: Held, now: datetime, *, has_device: bool) -> Held | None:
        presented = Presented(held.generation, held.digest, is_same_device=has_device)
        match rules.judge(self.session, presented, now):
            case Verdict.ROTATE:
                digest = f"{held.generation + 1}:{len(self.made)}".encode()
                self.session = rules.rotated(
                    self.session, digest=digest, sealed_successor=digest, is_same_device=has_device, now=now
                )
                self.made.setdefault(held.generation + 1, set()).add(digest)
            case Verdict.REPLAY:
                self.session = rules.replayed(self.session, presented)
            case Verdict.REUSE:
                self.session = a_session(digest=self.session.digest, now=NOW - timedelta(days=60))
                return None
            case Verdict.REFUSE:
                return None
        return Held(self.session.generation, self.session.digest)


class Rotation(RuleBasedStateMachine):
    """Any order of moves. The thief once copies what the client holds, and has no proof of the device."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.server = Server()
        self.client: Held | None = Held(0, b"0")
        self.thief: Held | None = None
        self.was_robbed = False
        self.was_ended = False
        self.rounds_of_both = 0

    @rule(pause=BEYOND)
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @precondition(lambda self: self.client is not None)
    @rule(tabs=st.lists(WITHIN, max_size=4), lost=st.integers(0, 3))
    def client_refreshes(self, tabs: list[timedelta], lost: int) -> None:
        """The first answers may get lost; other tabs present the same token during the overlap."""
        held = self._held()
        began = self.now
        answers = [self.server.refresh(held, began, has_device=True) for _ in range(lost + 1)]
        for after in sorted(tabs):
            self.now = began + after
            answers.append(self.server.refresh(held, self.now, has_device=True))
        self.client = answers[-1]
        if not self.was_robbed:
            assert all(answer is not None and answer == answers[0] for answer in answers)
        self._note()

    @precondition(lambda self: self.client is not None and not self.was_robbed)
    @rule()
    def thief_copies(self) -> None:
        self.thief = self.client
        self.was_robbed = True

    @precondition(lambda self: self.thief is not None)
    @rule()
    def thief_refreshes(self) -> None:
        assert self.thief is not None
        self.thief = self.server.refresh(self.thief, self.now, has_device=False)
        self._note()

    @precondition(lambda self: self.thief is not None and self.client is not None and self.thief == self.client)
    @rule(rounds=st.lists(st.tuples(st.booleans(), WITHIN), min_size=1, max_size=ROUNDS))
    def thief_keeps_step(self, rounds: list[tuple[bool, timedelta]]) -> None:
        """The cleverest thief: now before the client, now behind it, and always during the overlap."""
        for is_first, apart in rounds:
            if self.client is not None:
                self._both_refresh(is_first=is_first, apart=apart)

    def _both_refresh(self, *, is_first: bool, apart: timedelta) -> None:
        thief, client = self.thief, self._held()
        assert thief == client
        if is_first:
            self.thief = self.server.refresh(client, self.now, has_device=False)
        else:
            self.client = self.server.refresh(client, self.now, has_device=True)
        self.now += apart
        if is_first:
            self.client = self.server.refresh(client, self.now, has_device=True)
        else:
            self.thief = self.server.refresh(client, self.now, has_device=False)
        self.rounds_of_both += 1
        self._note()

    @invariant()
    def every_generation_has_one_successor(self) -> None:
        assert all(len(digests) == 1 for digests in self.server.made.values())

    @invariant()
    def honest_client_stays_signed_in(self) -> None:
        assert self.was_robbed or self.client is not None

    @invariant()
    def thief_who_keeps_step_is_found_in_the_third_round(self) -> None:
        assert self.rounds_of_both < ROUNDS or self.was_ended

    @invariant()
    def what_ended_never_comes_back(self) -> None:
        if not self.was_ended:
            return
        for generation, digests in self.server.made.items():
            for digest in digests:
                assert self.server.refresh(Held(generation, digest), self.now, has_device=True) is None

    def _held(self) -> Held:
        assert self.client is not None
        return self.client

    def _note(self) -> None:
        self.was_ended = self.was_ended or not rules.is_live(self.server.session, self.now)
        if self.was_ended:
            self.client = self.thief = None


Rotation.TestCase.settings = settings(max_examples=settings().max_examples * 3 // 5, stateful_step_count=30)
TestRotation = Rotation.TestCase
