from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from doorward.core.sessions import rules
from doorward.core.sessions.records import LIFETIMES, Kind, Session
from doorward.core.sessions.rules import MAX_REPLAYED_GENERATIONS, OVERLAP, Presented, Verdict
from tests.builders import NOW, a_rotated_session, a_session

LIVE = Presented(1, b"live", is_same_device=False)
BEFORE = Presented(0, b"before", is_same_device=False)
SECOND = timedelta(seconds=1)


def test_judge_live_token_rotates() -> None:
    assert rules.judge(a_rotated_session(), LIVE, NOW) is Verdict.ROTATE


@pytest.mark.parametrize(
    "presented",
    [Presented(1, b"guess", is_same_device=True), Presented(2, b"live", is_same_device=True)],
    ids=["wrong-secret", "not-made-yet"],
)
def test_judge_token_that_was_never_issued_is_refused(presented: Presented) -> None:
    assert rules.judge(a_rotated_session(), presented, NOW) is Verdict.REFUSE


@pytest.mark.parametrize(
    ("after", "verdict"), [(timedelta(0), Verdict.REPLAY), (OVERLAP, Verdict.REPLAY), (OVERLAP + SECOND, Verdict.REUSE)]
)
def test_judge_token_before_leads_to_the_successor_during_the_overlap(after: timedelta, verdict: Verdict) -> None:
    assert rules.judge(a_rotated_session(), BEFORE, NOW + after) is verdict


@pytest.mark.parametrize(
    "presented",
    [Presented(0, b"guess", is_same_device=True), Presented(-1, b"before", is_same_device=True)],
    ids=["wrong-secret", "older"],
)
def test_judge_anything_older_is_reuse(presented: Presented) -> None:
    assert rules.judge(a_rotated_session(), presented, NOW) is Verdict.REUSE


def test_judge_token_before_the_first_rotation_is_reuse() -> None:
    odd = replace(a_session(), generation=1)

    assert rules.judge(odd, BEFORE, NOW) is Verdict.REUSE
    assert rules.judge(replace(odd, superseded_digest=b"before"), BEFORE, NOW) is Verdict.REUSE


def test_judge_third_replayed_generation_in_ten_is_reuse() -> None:
    spent = a_rotated_session(replays=0b110)

    assert spent.replays.bit_count() == MAX_REPLAYED_GENERATIONS
    assert rules.judge(spent, BEFORE, NOW) is Verdict.REUSE
    assert rules.judge(spent, replace(BEFORE, is_same_device=True), NOW) is Verdict.REPLAY


def test_judge_generation_that_was_replayed_before_may_be_again() -> None:
    assert rules.judge(a_rotated_session(replays=0b111), BEFORE, NOW) is Verdict.REPLAY


@pytest.mark.parametrize(
    "session",
    [
        replace(a_rotated_session(), ended_at=NOW),
        replace(a_rotated_session(), expires_at=NOW),
        replace(a_rotated_session(), idle_expires_at=NOW),
    ],
    ids=["ended", "expired", "idle"],
)
def test_judge_session_that_lives_no_more_refuses_everything(session: Session) -> None:
    assert rules.judge(session, LIVE, NOW) is Verdict.REFUSE
    assert rules.judge(session, BEFORE, NOW) is Verdict.REFUSE


def rotated(session: Session, now: datetime, *, is_same_device: bool = True) -> Session:
    return rules.rotated(session, digest=b"next", sealed_successor=b"box", is_same_device=is_same_device, now=now)


def test_rotated_moves_the_live_token_back() -> None:
    after = rotated(a_session(), NOW + SECOND)

    assert (after.generation, after.digest, after.sealed_successor) == (1, b"next", b"box")
    assert (after.superseded_digest, after.superseded_at) == (b"live", NOW + SECOND)
    assert after.last_seen_at == NOW + SECOND


@pytest.mark.parametrize("kind", Kind)
def test_rotated_never_outlives_the_first_promise(kind: Kind) -> None:
    session, lifetimes = a_session(kind=kind), LIFETIMES[kind]

    early = rotated(session, NOW + timedelta(days=1))
    late = rotated(session, NOW + lifetimes.absolute - SECOND)

    assert early.idle_expires_at == NOW + timedelta(days=1) + lifetimes.idle
    assert late.idle_expires_at == late.expires_at == session.expires_at


def test_rotated_ten_times_forgets_a_replay() -> None:
    session = a_rotated_session(replays=1)

    for _ in range(9):
        session = rotated(session, NOW)
    assert session.replays == 1 << 9

    assert rotated(session, NOW).replays == 0


def test_replayed_by_somebody_counts_once() -> None:
    once = rules.replayed(a_rotated_session(), BEFORE)

    assert once.replays == 1
    assert rules.replayed(once, BEFORE) == once


def test_replayed_by_the_device_itself_does_not_count() -> None:
    session = rotated(a_session(), NOW)

    assert rules.replayed(session, replace(BEFORE, is_same_device=True)) == session


def test_replayed_by_the_device_after_a_stranger_rotated_counts() -> None:
    session = rotated(a_session(), NOW, is_same_device=False)

    after = rules.replayed(session, replace(BEFORE, is_same_device=True))

    assert after.replays & 1
    assert rotated(after, NOW).replays == 0b10


@pytest.mark.parametrize(
    ("after", "fresh"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)], ids=str
)
def test_is_fresh_for_five_minutes(after: timedelta, fresh: bool) -> None:  # noqa: FBT001
    assert rules.is_fresh(NOW, NOW + after) is fresh


@pytest.mark.parametrize(
    ("digest", "after", "expected"),
    [
        (b"live", timedelta(0), True),
        (b"live", OVERLAP, True),
        (b"live", OVERLAP + SECOND, False),
        (b"live", -SECOND, False),
        (b"before", timedelta(0), False),
        (b"guess", timedelta(0), False),
    ],
    ids=["now", "at the end", "later", "the clock stepped back", "the one before", "none of ours"],
)
def test_is_just_made_live_token_is_while_the_one_before_still_leads_to_it(
    digest: bytes, after: timedelta, *, expected: bool
) -> None:
    assert rules.is_just_made(a_rotated_session(), digest, NOW + after) is expected


def test_is_just_made_time_in_which_nobody_was_answered_does_not_count() -> None:
    hour = timedelta(hours=1)

    assert rules.is_just_made(a_rotated_session(), b"live", NOW + hour, away=hour)
    assert not rules.is_just_made(a_rotated_session(), b"live", NOW + hour, away=timedelta(minutes=59))


def test_is_just_made_first_token_of_a_session_rotates() -> None:
    assert not rules.is_just_made(a_session(), b"live", NOW)
