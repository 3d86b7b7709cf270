from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Caller, EndReason, Kind, Remembered
from doorward.core.sessions.rules import OVERLAP
from tests.house import ABROAD, HOME, House
from tests.integration.crowd import PatientClock, at_once

MANY = 50


def generation(house: House, remembered: Remembered) -> int:
    with house.store.view() as view:
        session = view.sessions.by_id(remembered.session_id)
    assert session is not None
    return session.generation


@pytest.mark.parametrize("has_device", [True, False], ids=["device", "no-device"])
def test_refresh_fifty_presentations_have_one_successor_and_sign_nobody_out(
    house: House,
    has_device: bool,  # noqa: FBT001
) -> None:
    house.account("margaret")
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    caller = Caller(HOME.address, device_token=first.device_token if has_device else None)

    answers, refused = at_once(
        lambda token: house.flows.refresh(token, Kind.MOBILE, caller=caller), [first.refresh_token] * MANY
    )

    (successor,) = {answer.refresh_token for answer in answers}
    assert (len(answers), refused.total()) == (MANY, 0)
    assert generation(house, first) == 1
    assert house.flows.refresh(successor, Kind.MOBILE, caller=caller).session_id == first.session_id
    assert house.deliver() == []


def test_refresh_fifty_replays_of_a_thief_end_the_family_once(house: House) -> None:
    house.account("margaret")
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    second = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
    advance(house, OVERLAP + timedelta(seconds=1))

    answers, refused = at_once(
        lambda token: house.flows.refresh(token, Kind.MOBILE, caller=ABROAD), [first.refresh_token] * MANY
    )

    assert answers == []
    assert refused == {"RefreshRefused": MANY}
    with pytest.raises(RefreshRefused):
        house.flows.refresh(second.refresh_token, Kind.MOBILE, caller=HOME)
    assert [letter.kind for letter in house.deliver()] == [LetterKind.SESSION_REUSE]
    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read()]
    assert kinds.count(AuditKind.SESSION_REUSE) == 1


def test_refresh_while_signing_out_what_ended_never_comes_back(house: House) -> None:
    account_id = house.account("margaret")

    for _ in range(5):
        first = house.sign_in("margaret", kind=Kind.MOBILE)

        def act(number: int, first: Remembered = first) -> str:
            if number:
                return house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME).refresh_token
            house.flows.end_session(account_id, first.session_id, reason=EndReason.SIGNED_OUT)
            return first.refresh_token

        answers, _ = at_once(act, range(10))

        for token in answers:
            with pytest.raises(RefreshRefused):
                house.flows.refresh(token, Kind.MOBILE, caller=HOME)
        assert first.refresh_token in answers
        assert house.flows.list_sessions(account_id) == ()


def test_refresh_of_many_sessions_at_once_each_goes_on(house: House) -> None:
    house.account("margaret")
    sessions = [house.sign_in("margaret", kind=Kind.MOBILE) for _ in range(20)]

    answers, refused = at_once(lambda one: house.flows.refresh(one.refresh_token, Kind.MOBILE, caller=HOME), sessions)

    assert refused.total() == 0
    assert {answer.session_id for answer in answers} == {one.session_id for one in sessions}
    assert house.flows.verify_chain().first_broken is None


def advance(house: House, duration: timedelta) -> None:
    assert isinstance(house.clock, PatientClock)
    house.clock.advance(duration)
