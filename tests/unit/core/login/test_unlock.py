from datetime import timedelta

import pytest

from doorward.core.kernel.ids import JobId
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.explain_refusal import Reason
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.records import LetterKind
from tests.builders import ACCOUNT
from tests.house import ABROAD, WRONG_PASSWORD, House, token_of


def hammer(house: House, times: int = 5) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD, caller=ABROAD)


def suspended(house: House) -> str:
    """Return the token of the link that a suspended owner was sent."""
    house.account("margaret")
    hammer(house)
    (letter,) = house.deliver()
    assert letter.kind is LetterKind.SIGN_IN_SUSPENDED
    return token_of(letter)


def test_unlock_lets_the_owner_in_and_keeps_the_attacker_out(house: House) -> None:
    token = suspended(house)

    device_token = house.flows.unlock.by_link(token, device_name="mine")

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", caller=ABROAD)
    assert house.sign_in("margaret", device_token=device_token).access_token
    hammer(house)
    assert house.sign_in("margaret", device_token=device_token).access_token


def test_unlock_gives_the_device_five_tries_of_its_own(house: House) -> None:
    device_token = house.flows.unlock.by_link(suspended(house), device_name="mine")

    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD, device_token=device_token)

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", device_token=device_token)


def test_unlock_twice_is_refused(house: House) -> None:
    token = suspended(house)
    house.flows.unlock.by_link(token, device_name="mine")

    with pytest.raises(LinkRefused):
        house.flows.unlock.by_link(token, device_name="mine")


def test_unlock_a_suspension_that_follows_on_the_same_day_is_lifted_by_the_same_link(house: House) -> None:
    token = suspended(house)
    house.clock.pause(timedelta(hours=12))
    hammer(house)

    device_token = house.flows.unlock.by_link(token, device_name="mine")

    assert house.sign_in("margaret", device_token=device_token).access_token


def test_unlock_after_a_day_is_refused(house: House) -> None:
    token = suspended(house)
    house.clock.pause(timedelta(hours=24))

    with pytest.raises(LinkRefused):
        house.flows.unlock.by_link(token, device_name="mine")


@pytest.mark.parametrize("presented", ["", "anything"])
def test_unlock_forged_is_refused(house: House, presented: str) -> None:
    with pytest.raises(LinkRefused):
        house.flows.unlock.by_link(presented, device_name="mine")


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.UNLOCK_SIGN_IN}))
def test_unlock_with_a_link_for_something_else_is_refused(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, house.account("margaret"), now=house.clock.now())
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    with pytest.raises(LinkRefused):
        house.flows.unlock.by_link(minted.token, device_name="mine")


def test_explain_refusal_of_a_suspension_goes_out_once_a_day(house: House) -> None:
    suspended(house)
    hammer(house, 3)
    same_day = house.deliver()
    house.clock.pause(timedelta(hours=24))
    hammer(house)
    next_day = house.deliver()

    assert same_day == []
    assert [letter.kind for letter in next_day] == [LetterKind.SIGN_IN_SUSPENDED]


@pytest.mark.parametrize("account_id", [None, ACCOUNT], ids=["unknown-name", "gone"])
def test_explain_refusal_to_nobody_sends_nothing(house: House, account_id: str | None) -> None:
    house.flows.explain_refusal(JobId("j" * 26), {"reason": Reason.SUSPENDED, "account_id": account_id})

    assert house.deliver() == []


@pytest.mark.parametrize("reason", [Reason.UNKNOWN, Reason.WRONG_PASSWORD, Reason.DISABLED])
def test_explain_refusal_that_needs_no_words_sends_nothing(house: House, reason: Reason) -> None:
    house.flows.explain_refusal(JobId("j" * 26), {"reason": reason, "account_id": house.account("margaret")})

    assert house.deliver() == []


def test_explain_refusal_run_again_sends_one_mail_whose_link_works(house: House) -> None:
    account_id = house.account("margaret")

    for _ in range(2):
        house.flows.explain_refusal(JobId("j" * 26), {"reason": Reason.SUSPENDED, "account_id": account_id})
    (letter,) = house.deliver()

    assert house.flows.unlock.by_link(token_of(letter), device_name="mine")
