"""Getting back in by the code of a mail: a new password, and a suspended sign-in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.kernel.errors import Invalid
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import CODE_TRIES
from doorward.core.outbox.records import Letter
from doorward.core.sessions.records import Kind
from tests.house import ABROAD, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, code_of, token_of

EMAIL: Final = "margaret@mail.example"
WRONG: Final = "00000000"
Take = Callable[[House, str, str], str]


def forgotten(house: House) -> Letter:
    house.flows.forgot_password(EMAIL)
    (letter,) = house.deliver()
    return letter


def suspended(house: House) -> Letter:
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD, caller=ABROAD)
    (letter,) = house.deliver()
    return letter


def reset(house: House, email: str, code: str) -> str:
    return house.flows.reset_password.by_code(email, code, OTHER_PASSWORD, device_name="mine")


def unlock(house: House, email: str, code: str) -> str:
    return house.flows.unlock.by_code(email, code, device_name="mine")


def reset_by_link(house: House, token: str) -> str:
    return house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


def unlock_by_link(house: House, token: str) -> str:
    return house.flows.unlock.by_link(token, device_name="mine")


WAYS: Final = pytest.mark.parametrize(
    ("mailed", "take", "by_link"),
    [(forgotten, reset, reset_by_link), (suspended, unlock, unlock_by_link)],
    ids=["reset", "unlock"],
)
Mailed = Callable[[House], Letter]
ByLink = Callable[[House, str], str]


@WAYS
def test_code_lets_the_owner_in_once(house: House, mailed: Mailed, take: Take, by_link: ByLink) -> None:
    house.account("margaret")
    letter = mailed(house)

    device_token = take(house, " Margaret@MAIL.example", f"{code_of(letter)[:4]} {code_of(letter)[4:]}")

    assert device_token
    with pytest.raises(LinkRefused):
        take(house, EMAIL, code_of(letter))
    with pytest.raises(LinkRefused):
        by_link(house, token_of(letter))


@WAYS
def test_code_five_wrong_ones_end_the_code_and_not_the_link(
    house: House, mailed: Mailed, take: Take, by_link: ByLink
) -> None:
    house.account("margaret")
    letter = mailed(house)
    for _ in range(CODE_TRIES):
        with pytest.raises(LinkRefused):
            take(house, EMAIL, WRONG)

    with pytest.raises(LinkRefused):
        take(house, EMAIL, code_of(letter))

    assert by_link(house, token_of(letter))


@WAYS
def test_code_after_ten_minutes_is_refused_and_the_link_is_not(
    house: House, mailed: Mailed, take: Take, by_link: ByLink
) -> None:
    house.account("margaret")
    letter = mailed(house)

    house.clock.pause(timedelta(minutes=10))

    with pytest.raises(LinkRefused):
        take(house, EMAIL, code_of(letter))
    assert by_link(house, token_of(letter))


@WAYS
@pytest.mark.parametrize("email", ["nobody@mail.example", "ada@mail.example"])
def test_code_of_another_address_is_refused(
    house: House, mailed: Mailed, take: Take, by_link: ByLink, email: str
) -> None:
    house.account("margaret")
    house.account("ada")
    letter = mailed(house)

    with pytest.raises(LinkRefused):
        take(house, email, code_of(letter))

    assert by_link(house, token_of(letter))


@WAYS
def test_code_without_an_address_is_refused(house: House, mailed: Mailed, take: Take, by_link: ByLink) -> None:
    house.account("margaret")
    letter = mailed(house)

    with pytest.raises(Invalid):
        take(house, "no address", code_of(letter))

    assert by_link(house, token_of(letter))


def test_code_of_one_purpose_does_not_work_for_another(house: House) -> None:
    house.account("margaret")
    unlocking, resetting = suspended(house), forgotten(house)

    with pytest.raises(LinkRefused):
        reset(house, EMAIL, code_of(unlocking))
    with pytest.raises(LinkRefused):
        unlock(house, EMAIL, code_of(resetting))


def test_reset_by_code_ends_every_session_and_the_old_password(house: House) -> None:
    house.account("margaret")
    before = house.sign_in("margaret", kind=Kind.MOBILE)
    house.deliver()

    reset(house, EMAIL, code_of(forgotten(house)))

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD)
    assert house.sign_in("margaret", OTHER_PASSWORD).session_id != before.session_id
    with house.store.view() as view:
        old = view.sessions.by_id(before.session_id)
    assert old is not None
    assert old.ended_at is not None


@pytest.mark.parametrize("password", ["short", "margaretmargaret", "MARGARET margaret margaret"])
def test_reset_by_code_unsuitable_password_does_not_use_the_code_up(house: House, password: str) -> None:
    house.account("margaret")
    letter = forgotten(house)

    with pytest.raises(PasswordUnsuitable):
        house.flows.reset_password.by_code(EMAIL, code_of(letter), password, device_name="mine")

    assert reset(house, EMAIL, code_of(letter))


def test_reset_by_code_wrong_one_tells_nothing_of_the_accounts_name(house: House) -> None:
    house.account("wintergarten", email="m.hamilton@mail.example")
    house.flows.forgot_password("m.hamilton@mail.example")
    (letter,) = house.deliver()
    made_of_the_name = "wintergarten42a"

    for email in ("m.hamilton@mail.example", "nobody@mail.example"):
        with pytest.raises(LinkRefused):
            house.flows.reset_password.by_code(email, WRONG, made_of_the_name, device_name="mine")

    with pytest.raises(PasswordUnsuitable):
        house.flows.reset_password.by_code(letter.to, code_of(letter), made_of_the_name, device_name="mine")


def test_reset_by_code_work_is_the_same_for_everybody(house: House) -> None:
    house.account("margaret")
    forgotten(house)
    seen = []

    for email in (EMAIL, "nobody@mail.example"):
        before = house.hasher.calls
        house.statements.clear()
        with pytest.raises(LinkRefused):
            reset(house, email, WRONG)
        seen.append((house.hasher.calls - before, tuple(house.statements)))

    assert seen[0] == seen[1]


def test_reset_by_code_disabled_account_is_refused(house: House) -> None:
    house.account("margaret")
    letter = forgotten(house)
    house.flows.set_enabled("margaret", enabled=False)

    with pytest.raises(LinkRefused):
        reset(house, EMAIL, code_of(letter))
