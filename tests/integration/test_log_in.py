from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.rules import FAILURES
from doorward.core.outbox.records import LetterKind
from tests.house import ABROAD, HOME, PASSWORD, WRONG_PASSWORD, House, token_of
from tests.integration.crowd import PatientClock, at_once, patiently

MANY = 200
SPELLINGS = ("margaret", "MARGARET", " margaret", "margaret@mail.example", "Margaret@Mail.Example")


def guess(house: House, login: str) -> None:
    house.sign_in(login, WRONG_PASSWORD, caller=ABROAD)


def test_log_in_two_hundred_wrong_passwords_at_once_five_are_compared(house: House) -> None:
    house.account("margaret")

    answers, refused = at_once(lambda login: guess(house, login), SPELLINGS * (MANY // len(SPELLINGS)))

    assert answers == []
    assert refused["InvalidCredentials"] + refused["Unavailable"] == MANY
    assert house.hasher.compared == FAILURES
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD, caller=ABROAD)
    assert [letter.kind for letter in house.deliver()] == [LetterKind.SIGN_IN_SUSPENDED]
    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read()]
    assert kinds.count(AuditKind.SIGN_IN_SUSPENDED) == 1
    assert house.flows.verify_chain().first_broken is None


def test_log_in_unknown_name_under_the_same_fire_is_treated_alike(house: House) -> None:
    answers, refused = at_once(lambda login: guess(house, login), ["nobody"] * MANY)

    assert answers == []
    assert refused["InvalidCredentials"] + refused["Unavailable"] == MANY
    assert house.hasher.compared == 0
    with house.store.view() as view:
        record = view.attempts.of(house.tools.guard.key_of(None, "nobody"))
    # A guess that was told to come back later, once it had its slot, counts all the same.
    assert len(record.lanes[""].failures) + len(record.lanes[""].reserved) == FAILURES


def test_log_in_owner_on_a_known_device_goes_on_while_attackers_hammer(house: House) -> None:
    house.account("margaret")
    device_token = house.sign_in("margaret").device_token

    def act(number: int) -> None:
        if number % 15:
            guess(house, "margaret")
        else:
            patiently(lambda: house.sign_in("margaret", caller=HOME, device_token=device_token))

    answers, _ = at_once(act, range(60))

    assert len(answers) == 4
    assert house.hasher.compared <= FAILURES + len(answers) + 1


def test_log_in_right_passwords_at_once_all_get_in(house: House) -> None:
    house.account("margaret")

    answers, refused = at_once(lambda login: patiently(lambda: house.sign_in(login)), ["margaret"] * 20)

    assert refused.total() == 0
    assert len({answer.session_id for answer in answers}) == 20


def test_log_in_lock_survives_a_restart_and_a_clock_that_is_set(house: House) -> None:
    house.account("margaret")
    at_once(lambda login: guess(house, login), ["margaret"] * 10)
    compared = house.hasher.compared

    for error in (timedelta(0), timedelta(days=-1)):
        assert isinstance(house.clock, PatientClock)
        restarted = House(house.store, clock=PatientClock(house.clock.now() + error))
        with pytest.raises(InvalidCredentials):
            restarted.sign_in("margaret", PASSWORD)
        assert restarted.hasher.compared == 0

    assert compared == FAILURES


def test_log_in_unlocked_by_mail_the_owner_is_in_and_the_attackers_are_not(house: House) -> None:
    house.account("margaret")
    at_once(lambda login: guess(house, login), ["margaret"] * 10)
    (letter,) = house.deliver()

    device_token = house.flows.unlock.by_link(token_of(letter), device_name="mine")
    answers, _ = at_once(lambda login: guess(house, login), ["margaret"] * 10)

    assert answers == []
    assert house.sign_in("margaret", device_token=device_token).profile.username == "margaret"
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD, caller=ABROAD)
