from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.accounts.records import Status
from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import JobId
from doorward.core.limits.records import limit
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Kind
from doorward.worker.jobs import JOBS
from tests.house import ABROAD, HOME, KNOWN_PASSWORD, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, token_of


def forgotten(house: House) -> str:
    """Return the token of a mailed reset link."""
    return token_of(reset_letter(house))


def reset_letter(house: House) -> Letter:
    """Return the letter that answers a forgotten password."""
    house.flows.forgot_password("Margaret@Mail.Example")
    (letter,) = house.deliver()
    assert (letter.kind, letter.to) == (LetterKind.RESET_PASSWORD, "margaret@mail.example")
    return letter


def test_reset_password_ends_everything_and_knows_the_device(house: House) -> None:
    house.account("margaret")
    before = house.sign_in("margaret", kind=Kind.MOBILE)
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD, caller=ABROAD)
    house.deliver()

    device_token = house.flows.reset_password.by_link(forgotten(house), OTHER_PASSWORD, device_name="mine")
    (notice,) = house.deliver()

    assert notice.kind is LetterKind.PASSWORD_CHANGED
    with pytest.raises(RefreshRefused):
        house.flows.refresh(before.refresh_token, Kind.MOBILE, caller=HOME)
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD)
    assert house.sign_in("margaret", OTHER_PASSWORD, device_token=device_token).device_token is None
    assert house.sign_in("margaret", OTHER_PASSWORD, device_token=before.device_token).device_token is not None


def test_reset_password_lifts_the_suspension(house: House) -> None:
    house.account("margaret")
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD)
    house.deliver()

    house.flows.reset_password.by_link(forgotten(house), OTHER_PASSWORD, device_name="mine")

    assert house.sign_in("margaret", OTHER_PASSWORD, caller=ABROAD).access_token


def test_reset_password_link_survives_a_refused_password(house: House) -> None:
    house.account("margaret")
    token = forgotten(house)

    for password in ("short", KNOWN_PASSWORD, "margaretmargaret"):
        with pytest.raises(PasswordUnsuitable) as refused:
            house.flows.reset_password.by_link(token, password, device_name="mine")
        assert refused.value.pointer == "/new_password"

    assert house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


def test_reset_password_twice_is_refused(house: House) -> None:
    house.account("margaret")
    token = forgotten(house)
    house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token, PASSWORD, device_name="mine")

    assert house.sign_in("margaret", OTHER_PASSWORD).access_token


def test_reset_password_ends_every_other_reset_link(house: House) -> None:
    house.account("margaret")
    first, second = forgotten(house), forgotten(house)
    house.flows.reset_password.by_link(second, OTHER_PASSWORD, device_name="mine")

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(first, PASSWORD, device_name="mine")


def test_reset_password_after_an_hour_is_refused(house: House) -> None:
    house.account("margaret")
    token = forgotten(house)
    house.clock.pause(timedelta(minutes=60))

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


def test_reset_password_after_the_address_changed_is_refused(house: House) -> None:
    account_id = house.account("margaret")
    token = forgotten(house)
    house.flows.change_profile(account_id, email="new@mail.example")
    (letter,) = house.deliver()
    house.flows.verify_email.by_link(token_of(letter))

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.RESET_PASSWORD, Purpose.CHOOSE_PASSWORD}))
def test_reset_password_with_a_link_for_something_else_is_refused(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, house.account("margaret"), now=house.clock.now())
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(minted.token, OTHER_PASSWORD, device_name="mine")


def test_reset_password_forged_link_costs_no_hash_and_no_statement(house: House) -> None:
    before = len(house.statements)

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link("anything", OTHER_PASSWORD, device_name="mine")

    assert house.statements[before:] == []
    assert house.hasher.calls == 0


@pytest.mark.parametrize("change", ["disabled", "gone", "used"])
def test_reset_password_account_changed_while_the_password_is_hashed_is_refused(house: House, change: str) -> None:
    account_id = house.account("margaret")
    token = forgotten(house)
    hash_password = house.hasher.hash

    def meanwhile(password: str) -> str:
        match change:
            case "disabled":
                with house.store.work() as work:
                    account = work.accounts.by_id(account_id)
                    assert account is not None
                    work.accounts.replace(replace(account, status=Status.DISABLED), expected=account)
            case "gone":
                with house.store.work() as work:
                    work.accounts.remove(account_id)
            case _:
                with house.store.work() as work:
                    work.onetimes.discard(account_id)
        return hash_password(password)

    house.hasher.hash = meanwhile  # type: ignore[method-assign] # what happens during the hash is the test

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


def test_reset_password_of_an_account_that_is_gone_is_refused(house: House) -> None:
    account_id = house.account("margaret")
    token = forgotten(house)
    with house.store.work() as work:
        work.accounts.remove(account_id)

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token, OTHER_PASSWORD, device_name="mine")


def test_forgot_password_does_the_same_work_for_an_unknown_address(house: House) -> None:
    house.account("margaret")
    seen = []

    for address in ("margaret@mail.example", "nobody@mail.example"):
        before = len(house.statements)
        house.flows.forgot_password(address)
        seen.append(house.statements[before:])

    assert seen == [["outbox.add"]] * 2
    assert len(house.deliver()) == 1


def test_forgot_password_of_no_address_is_invalid(house: House) -> None:
    with pytest.raises(Invalid):
        house.flows.forgot_password("margaret")


def test_forgot_password_mails_five_times_an_hour_at_most(house: House) -> None:
    house.account("margaret")

    for _ in range(8):
        house.flows.forgot_password("margaret@mail.example")

    assert len(house.deliver()) == limit("mail_to_account").amount


def test_mail_reset_run_again_sends_one_mail_whose_link_works(house: House) -> None:
    house.account("margaret")
    house.flows.forgot_password("margaret@mail.example")
    with house.store.work() as work:
        (job,) = work.outbox.lease(names=JOBS, now=house.clock.now(), until=house.clock.now(), limit=9)
    payload = house.tools.post.open(job)

    for _ in range(2):
        house.flows.mail_reset(job.id, payload)
    with house.store.work() as work:
        work.outbox.finish([job])
    (letter,) = house.deliver()

    assert house.flows.reset_password.by_link(token_of(letter), OTHER_PASSWORD, device_name="mine")


def test_mail_reset_without_an_address_sends_nothing(house: House) -> None:
    house.flows.mail_reset(JobId("j" * 26), {"email_key": None})

    assert house.deliver() == []
