from datetime import timedelta

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Invalid
from doorward.core.limits.records import limit
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import LetterKind
from tests.house import OTHER_PASSWORD, PASSWORD, House, code_of, token_of


def wrong(code: str) -> str:
    """Return a code that differs from the right one."""
    return f"{(int(code) + 1) % 10**8:08}"


def test_by_link_makes_the_account(house: House) -> None:
    token = token_of(house.claim("margaret"))

    account_id = house.flows.verify_email.by_link(token)

    with house.store.view() as view:
        account = view.accounts.by_id(account_id)
        assert account is not None
        assert (account.is_verified, account.username) == (True, "margaret")
        assert account.verified_at == house.clock.now()
        assert view.claims.newest("margaret") is None


def test_by_code_makes_the_account(house: House) -> None:
    code = code_of(house.claim("margaret"))

    account_id = house.flows.verify_email.by_code(" Margaret@Mail.Example", f"{code[:4]}-{code[4:]}")

    assert house.sign_in("margaret").profile.id == account_id


def test_by_link_twice_is_refused(house: House) -> None:
    token = token_of(house.claim("margaret"))
    house.flows.verify_email.by_link(token)

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token)


def test_by_code_after_the_link_is_refused(house: House) -> None:
    letter = house.claim("margaret")
    house.flows.verify_email.by_link(token_of(letter))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(letter.to, code_of(letter))


def test_by_link_a_day_later_is_refused(house: House) -> None:
    token = token_of(house.claim("margaret"))
    house.clock.pause(timedelta(hours=24))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token)


def test_by_code_ten_minutes_later_is_refused_and_the_link_still_works(house: House) -> None:
    letter = house.claim("margaret")
    house.clock.pause(timedelta(minutes=10))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(letter.to, code_of(letter))

    assert house.flows.verify_email.by_link(token_of(letter))


def test_by_code_wrong_four_times_then_right_makes_the_account(house: House) -> None:
    letter = house.claim("margaret")

    for _ in range(4):
        with pytest.raises(LinkRefused):
            house.flows.verify_email.by_code(letter.to, wrong(code_of(letter)))

    assert house.flows.verify_email.by_code(letter.to, code_of(letter))


def test_by_code_wrong_five_times_ends_the_code_and_not_the_link(house: House) -> None:
    letter = house.claim("margaret")
    for _ in range(5):
        with pytest.raises(LinkRefused):
            house.flows.verify_email.by_code(letter.to, wrong(code_of(letter)))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(letter.to, code_of(letter))

    assert house.flows.verify_email.by_link(token_of(letter))


def test_by_code_of_another_address_is_refused(house: House) -> None:
    mine, theirs = house.claim("margaret"), house.claim("adele")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(theirs.to, code_of(mine))


def test_by_code_of_no_address_is_invalid(house: House) -> None:
    with pytest.raises(Invalid):
        house.flows.verify_email.by_code("no address", "12345678")


def test_by_code_the_newest_mail_has_the_code_that_works(house: House) -> None:
    older, newer = house.claim("margaret"), house.claim("margaret")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(older.to, code_of(older))

    assert house.flows.verify_email.by_code(newer.to, code_of(newer))


@pytest.mark.parametrize("presented", ["", "x", "dwo1_verify-email_aa_bb"])
def test_by_link_forged_is_refused_without_asking_the_store(house: House, presented: str) -> None:
    before = len(house.statements)

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(presented)

    assert house.statements[before:] == []


def test_by_link_of_another_purpose_is_refused(house: House) -> None:
    added = house.flows.add_account("adele", "adele@mail.example")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(added.token or "")


def test_by_link_claims_of_the_same_address_die(house: House) -> None:
    mine = house.claim("margaret", email="m@mail.example")
    theirs = house.claim("mallory", email="m@mail.example", password=OTHER_PASSWORD)

    house.flows.verify_email.by_link(token_of(mine))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(theirs))
    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_code(theirs.to, code_of(theirs))


def test_by_link_name_taken_while_the_mail_travelled_is_user_exists_and_changes_nothing(house: House) -> None:
    slow = house.claim("margaret", email="slow@mail.example")
    house.account("margaret", email="fast@mail.example")

    for _ in range(2):
        with pytest.raises(UserExists):
            house.flows.verify_email.by_link(token_of(slow))

    with house.store.view() as view:
        assert view.accounts.count() == 1
        assert view.claims.newest("slow@mail.example") is not None


def test_by_link_claim_older_than_it_may_be_is_refused(house: House) -> None:
    house.claim("margaret")
    house.clock.pause(timedelta(hours=47))
    house.flows.resend_verification("margaret@mail.example")
    (letter,) = house.deliver()
    house.clock.pause(timedelta(hours=2))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(letter))


def test_resend_verification_sends_another_link(house: House) -> None:
    house.claim("margaret")

    house.flows.resend_verification("MARGARET@mail.example")
    (letter,) = house.deliver()

    assert letter.kind is LetterKind.VERIFY_EMAIL
    assert house.flows.verify_email.by_link(token_of(letter))


def test_resend_verification_to_an_unknown_address_does_the_same_work_and_sends_nothing(house: House) -> None:
    house.claim("margaret")
    before = len(house.statements)
    house.flows.resend_verification("margaret@mail.example")
    known = house.statements[before:]
    house.deliver()
    before = len(house.statements)

    house.flows.resend_verification("nobody@mail.example")

    assert house.statements[before:] == known
    assert house.deliver() == []


def test_resend_verification_goes_out_five_times_an_hour_at_most(house: House) -> None:
    house.claim("margaret")

    for _ in range(10):
        house.flows.resend_verification("margaret@mail.example")

    assert len(house.deliver()) == limit("mail_to_account").amount


def test_sign_in_before_the_address_is_proven_is_not_possible_after_it_is(house: House) -> None:
    house.account("margaret", password=PASSWORD)

    assert house.sign_in("margaret@mail.example").profile.is_verified
