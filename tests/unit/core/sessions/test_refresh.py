from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import LIFETIMES, Caller, EndReason, Kind, Remembered
from doorward.core.sessions.refresh import Asked
from doorward.core.sessions.rules import OVERLAP
from tests.house import ABROAD, HOME, House
from tests.unit.core.stale import StaleSessions

SECOND = timedelta(seconds=1)


def refresh(house: House, remembered: Remembered, *, device: Remembered | None = None) -> Remembered:
    """Refresh, with the proof of the device that `device` carried away, if any."""
    caller = Caller(HOME.address, device_token=device.device_token if device else None)
    return house.flows.refresh(remembered.refresh_token, remembered.kind, caller=caller)


@pytest.fixture
def first(house: House) -> Remembered:
    house.account("margaret")
    return house.sign_in("margaret", kind=Kind.MOBILE)


def test_refresh_gives_the_next_tokens_of_the_same_session(house: House, first: Remembered) -> None:
    house.clock.pause(timedelta(days=1))

    second = refresh(house, first)

    assert (second.session_id, second.profile, second.kind) == (first.session_id, first.profile, first.kind)
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert second.device_token is None
    assert second.refresh_expires_in == LIFETIMES[Kind.MOBILE].idle
    assert house.flows.recognise(second.access_token, Kind.MOBILE).session_id == first.session_id


def test_refresh_repeated_during_the_overlap_leads_to_the_same_successor(house: House, first: Remembered) -> None:
    answers = [refresh(house, first) for _ in range(3)]
    house.clock.pause(OVERLAP)
    answers.append(refresh(house, first))

    assert len({answer.refresh_token for answer in answers}) == 1
    assert refresh(house, answers[0]).session_id == first.session_id


def test_refresh_repeated_after_the_overlap_ends_the_session_and_tells_the_owner(
    house: House, first: Remembered
) -> None:
    second = refresh(house, first)
    house.clock.pause(OVERLAP + SECOND)

    with pytest.raises(RefreshRefused):
        house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=ABROAD)
    (letter,) = house.deliver()

    with pytest.raises(RefreshRefused):
        refresh(house, second)
    with pytest.raises(NotSignedIn):
        house.flows.recognise(second.access_token, Kind.MOBILE)
    assert (letter.kind, letter.to, letter.detail) == (
        LetterKind.SESSION_REUSE,
        "margaret@mail.example",
        "Firefox on Linux",
    )
    with house.store.view() as view:
        session = view.sessions.by_id(first.session_id)
        kinds = [entry.event.kind for entry in view.audit.read()]
    assert session is not None
    assert session.end_reason is EndReason.REUSE_DETECTED
    assert kinds.count(AuditKind.SESSION_REUSE) == 1


def test_refresh_reuse_while_no_key_signs_ends_the_session(house: House, first: Remembered) -> None:
    second = refresh(house, refresh(house, first))
    house.advance(-timedelta(hours=1))

    with pytest.raises(RefreshRefused):
        house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=ABROAD)
    with pytest.raises(RefreshRefused):
        refresh(house, second)


def test_refresh_reuse_of_a_session_that_has_ended_tells_nobody(house: House, first: Remembered) -> None:
    refresh(house, first)
    house.clock.pause(OVERLAP + SECOND)
    house.flows.end_session(first.profile.id, first.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(RefreshRefused):
        refresh(house, first)

    assert house.deliver() == []


def test_refresh_reuse_ended_by_somebody_faster_tells_nobody(house: House, first: Remembered) -> None:
    refresh(house, first)
    house.clock.pause(OVERLAP + SECOND)
    with house.store.view() as view:
        session = view.sessions.by_id(first.session_id)
        snapshot = view.sessions.snapshot(first.session_id)
    assert session is not None
    assert snapshot is not None
    house.flows.end_session(first.profile.id, first.session_id, reason=EndReason.SIGNED_OUT)

    with house.store.work() as work:
        house.flows.refresh._end(work, session, snapshot.profile, now=house.clock.now())

    assert house.deliver() == []


def test_refresh_third_lost_answer_in_ten_ends_a_session_that_proves_no_device(house: House, first: Remembered) -> None:
    held = first
    for _ in range(2):
        lost = held
        refresh(house, lost)
        held = refresh(house, lost)
    refresh(house, held)

    with pytest.raises(RefreshRefused):
        refresh(house, held)


def test_refresh_on_its_own_device_survives_any_number_of_lost_answers(house: House, first: Remembered) -> None:
    held = first
    for _ in range(15):
        refresh(house, held, device=first)
        held = refresh(house, held, device=first)

    assert held.session_id == first.session_id


def test_refresh_with_the_proof_of_another_device_counts_as_none(house: House, first: Remembered) -> None:
    other = house.sign_in("margaret")
    held = first
    for _ in range(2):
        lost = held
        refresh(house, lost, device=other)
        held = refresh(house, lost, device=other)
    refresh(house, held, device=other)

    with pytest.raises(RefreshRefused):
        refresh(house, held, device=other)


def test_refresh_thief_who_is_always_first_is_found_in_the_third_round(house: House, first: Remembered) -> None:
    held = first
    for _ in range(2):
        refresh(house, held)
        held = refresh(house, held, device=first)
    refresh(house, held)

    with pytest.raises(RefreshRefused):
        refresh(house, held, device=first)


@pytest.mark.parametrize("presented", ["", "anything", "dwr1_a_b_c_d"])
def test_refresh_forged_token_asks_no_store(house: House, presented: str) -> None:
    before = len(house.statements)

    with pytest.raises(RefreshRefused):
        house.flows.refresh(presented, Kind.WEB, caller=HOME)

    assert house.statements[before:] == []


def test_refresh_as_the_other_kind_is_refused(house: House, first: Remembered) -> None:
    with pytest.raises(RefreshRefused):
        house.flows.refresh(first.refresh_token, Kind.WEB, caller=HOME)

    assert refresh(house, first).kind is Kind.MOBILE


def test_refresh_of_a_session_that_is_gone_is_refused(house: House, first: Remembered) -> None:
    with house.store.work() as work:
        work.sessions.remove_all(first.profile.id)

    with pytest.raises(RefreshRefused):
        refresh(house, first)


def test_refresh_guessed_secret_is_refused_and_ends_nothing(house: House, first: Remembered) -> None:
    guess = house.tools.refresh_tokens.close(first.session_id, 0, bytes(32))

    with pytest.raises(RefreshRefused):
        house.flows.refresh(guess, Kind.MOBILE, caller=ABROAD)

    assert refresh(house, first).session_id == first.session_id


def test_refresh_after_idling_is_refused(house: House, first: Remembered) -> None:
    house.clock.pause(LIFETIMES[Kind.MOBILE].idle)

    with pytest.raises(RefreshRefused):
        refresh(house, first)


def test_refresh_never_outlives_the_sign_in(house: House, first: Remembered) -> None:
    held, end = first, house.clock.now() + LIFETIMES[Kind.MOBILE].absolute
    while house.clock.now() + timedelta(days=10) < end:
        house.clock.pause(timedelta(days=10))
        house.flows.rotate_keys()
        held = refresh(house, held)
    house.clock.pause(end - house.clock.now() - timedelta(minutes=1))

    last = refresh(house, held)
    house.clock.pause(timedelta(minutes=1))

    assert last.refresh_expires_in == last.access_expires_in == timedelta(minutes=1)
    with pytest.raises(RefreshRefused):
        refresh(house, last)


def test_refresh_successor_that_cannot_be_opened_is_refused(house: House, first: Remembered) -> None:
    refresh(house, first)
    with house.store.work() as work:
        session = work.sessions.by_id(first.session_id)
        assert session is not None
        work.sessions.replace(replace(session, sealed_successor=None), expected=session)

    with pytest.raises(RefreshRefused):
        refresh(house, first)


def test_refresh_somebody_faster_leads_to_their_successor(house: House, first: Remembered) -> None:
    slow = House(StaleSessions(house.store, times=1))

    assert refresh(slow, first).session_id == first.session_id


def test_refresh_repetition_overtaken_is_judged_again(house: House, first: Remembered) -> None:
    second = refresh(house, first)
    slow = House(StaleSessions(house.store, times=1))

    assert refresh(slow, first).refresh_token == second.refresh_token


def test_refresh_overtaken_without_end_is_refused(house: House, first: Remembered) -> None:
    slow = House(StaleSessions(house.store, times=100))

    with pytest.raises(RefreshRefused):
        refresh(slow, first)

    assert refresh(house, first).session_id == first.session_id


def test_refresh_together_shows_no_token_in_any_repr(house: House, first: Remembered) -> None:
    asked = Asked(first.refresh_token, Kind.MOBILE, HOME)
    (answer,) = house.flows.refresh.together([asked])

    shown = repr((asked, answer))
    second = answer()

    assert second is not None
    assert first.session_id in shown
    assert not any(part in shown for token in (first, second) for part in token.refresh_token.split("_")[3:])


def test_continued_shows_no_token_in_any_repr(house: House, first: Remembered) -> None:
    opened = house.tools.refresh_tokens.open(first.refresh_token)
    assert opened is not None

    continued = house.flows.refresh.continued(opened, Kind.MOBILE, caller=HOME, now=house.clock.now())

    assert repr(continued) == f"Continued(session_id={first.session_id!r})"


def test_look_closer_token_that_was_not_made_here_is_refused_without_asking_the_store(house: House) -> None:
    house.statements.clear()

    with pytest.raises(RefreshRefused):
        house.flows.refresh.look_closer(Asked("dwr1_nobody_0_x_y", Kind.MOBILE, HOME))

    assert house.statements == []
