"""Five ways to own an account before its owner does.

Source: Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022.
"""

import pytest

from doorward.core.kernel.errors import Refusal
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Kind
from tests.house import ABROAD, HOME, OTHER_PASSWORD, PASSWORD, House, token_of

VICTIM = "victim@mail.example"


def test_classic_attacker_registers_first_and_has_nothing_when_the_owner_comes(house: House) -> None:
    house.claim("victim", email=VICTIM, password=OTHER_PASSWORD)

    house.account("victim", email=VICTIM, password=PASSWORD)

    with pytest.raises(InvalidCredentials):
        house.sign_in(VICTIM, OTHER_PASSWORD, caller=ABROAD)
    assert house.sign_in(VICTIM, PASSWORD).profile.email == VICTIM


def test_unexpired_session_of_a_claim_does_not_exist(house: House) -> None:
    house.claim("victim", email=VICTIM, password=OTHER_PASSWORD)

    with pytest.raises(InvalidCredentials):
        house.sign_in(VICTIM, OTHER_PASSWORD, caller=ABROAD)


def test_unexpired_session_ends_when_the_owner_resets_the_password(house: House) -> None:
    house.account("victim", email=VICTIM, password=OTHER_PASSWORD)
    stolen = house.sign_in(VICTIM, OTHER_PASSWORD, caller=ABROAD, kind=Kind.MOBILE)
    house.flows.forgot_password(VICTIM)
    (letter,) = house.deliver()

    house.flows.reset_password.by_link(token_of(letter), PASSWORD, device_name="mine")

    with pytest.raises(RefreshRefused):
        house.flows.refresh(stolen.refresh_token, Kind.MOBILE, caller=ABROAD)


def test_trojan_identifier_a_second_address_never_signs_in(house: House) -> None:
    account_id = house.account("victim", email=VICTIM)
    house.flows.change_profile(account_id, email="attacker@mail.example")
    house.deliver()

    with pytest.raises(InvalidCredentials):
        house.sign_in("attacker@mail.example", PASSWORD)


def test_unexpired_change_of_address_dies_with_the_reset_of_the_owner(house: House) -> None:
    account_id = house.account("victim", email=VICTIM, password=OTHER_PASSWORD)
    house.flows.change_profile(account_id, email="attacker@mail.example")
    (pending,) = house.deliver()
    house.flows.forgot_password(VICTIM)
    (letter,) = house.deliver()
    house.flows.reset_password.by_link(token_of(letter), PASSWORD, device_name="mine")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(pending))


def test_non_verifying_path_nothing_but_the_mailed_link_verifies(house: House) -> None:
    house.claim("victim", email=VICTIM, password=OTHER_PASSWORD)
    mallory = house.account("mallory")

    for way in (
        lambda: house.sign_in(VICTIM, OTHER_PASSWORD),
        lambda: house.flows.verify_email.by_code(VICTIM, "00000000"),
        lambda: house.flows.verify_email.by_link("anything"),
        lambda: house.flows.reset_password.by_link("anything", OTHER_PASSWORD, device_name=""),
        lambda: house.flows.unlock.by_link("anything", device_name=""),
    ):
        with pytest.raises(Refusal):
            way()
    house.flows.forgot_password(VICTIM)
    house.flows.change_profile(mallory, email=VICTIM)

    with house.store.view() as view:
        assert view.accounts.by_email(VICTIM) is None
    assert {letter.to for letter in house.deliver()} == {VICTIM}


def test_forgot_password_for_a_claim_leads_to_no_account(house: House) -> None:
    house.flows.register("victim", VICTIM, password=OTHER_PASSWORD, caller=HOME)
    house.flows.forgot_password(VICTIM)

    assert {letter.kind.value for letter in house.deliver()} == {"verify_email"}
