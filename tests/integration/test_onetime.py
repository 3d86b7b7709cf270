"""Whatever may be used once is used once, however many try at the same moment. A new purpose is covered by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.ids import AccountId, ClaimId, new_id
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import CODE_TRIES, PURPOSES, Purpose
from tests.builders import NOW, a_claim
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, code_of, token_of
from tests.integration.crowd import at_once

MANY = 50
WITH_CODE = [purpose for purpose, lives in PURPOSES.items() if lives.code]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_consume_fifty_at_once_one_gets_it(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, "subject", now=NOW)
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    def consume(_: int) -> bool:
        with house.store.work() as work:
            return work.onetimes.consume(purpose, minted.artefact.digest, now=NOW) is not None

    answers, refused = at_once(consume, range(MANY))

    assert (answers.count(True), answers.count(False), refused.total()) == (1, MANY - 1, 0)


@pytest.mark.parametrize("purpose", WITH_CODE)
def test_consume_by_link_and_by_code_at_once_one_gets_it(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, "subject", now=NOW, address_key="m@mail.example")
    code_digest = minted.artefact.code_digest
    assert code_digest is not None
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    def consume(number: int) -> bool:
        with house.store.work() as work:
            if number % 2:
                return work.onetimes.consume(purpose, minted.artefact.digest, now=NOW) is not None
            taken = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=code_digest, now=NOW)
            return taken is not None

    answers, refused = at_once(consume, range(MANY))

    assert (answers.count(True), refused.total()) == (1, 0)


@pytest.mark.parametrize("purpose", WITH_CODE)
def test_consume_code_fifty_wrong_ones_at_once_leave_no_try(house: House, purpose: Purpose) -> None:
    minted = house.tools.mint.make(purpose, "subject", now=NOW, address_key="m@mail.example")
    right = minted.artefact.code_digest
    assert right is not None
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    def consume(number: int) -> bool:
        with house.store.work() as work:
            wrong = bytes([number]) * 32
            taken = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=wrong, now=NOW)
            return taken is not None

    answers, _ = at_once(consume, range(MANY))
    with house.store.work() as work:
        late = work.onetimes.consume_code(purpose, "m@mail.example", code_digest=right, now=NOW)

    assert MANY > CODE_TRIES
    assert (any(answers), late) == (False, None)


def test_consume_as_every_other_purpose_gets_nothing(house: House) -> None:
    minted = {purpose: house.tools.mint.make(purpose, "subject", now=NOW) for purpose in PURPOSES}
    with house.store.work() as work:
        for one in minted.values():
            work.onetimes.add(one.artefact)
        wrong = [
            work.onetimes.consume(other, one.artefact.digest, now=NOW)
            for purpose, one in minted.items()
            for other in set(PURPOSES) - {purpose}
        ]
        right = [work.onetimes.consume(purpose, one.artefact.digest, now=NOW) for purpose, one in minted.items()]

    assert set(wrong) == {None}
    assert None not in right


def verify_link(house: House) -> Callable[[], object]:
    token = token_of(house.claim("margaret"))
    return lambda: house.flows.verify_email.by_link(token)


def verify_code(house: House) -> Callable[[], object]:
    letter = house.claim("margaret")
    return lambda: house.flows.verify_email.by_code(letter.to, code_of(letter))


def change_email(house: House) -> Callable[[], object]:
    house.flows.change_profile(house.account("margaret"), email="new@mail.example")
    (letter,) = house.deliver()
    return lambda: house.flows.verify_email.by_link(token_of(letter))


def reset_password(house: House) -> Callable[[], object]:
    house.account("margaret")
    house.flows.forgot_password("margaret@mail.example")
    (letter,) = house.deliver()
    return lambda: house.flows.reset_password.by_link(token_of(letter), OTHER_PASSWORD, device_name="mine")


def choose_password(house: House) -> Callable[[], object]:
    added = house.flows.add_account("margaret", "margaret@mail.example")
    return lambda: house.flows.reset_password.by_link(added.token or "", OTHER_PASSWORD, device_name="mine")


def unlock(house: House) -> Callable[[], object]:
    house.account("margaret")
    at_once(lambda login: house.sign_in(login, WRONG_PASSWORD), ["margaret"] * 5)
    (letter,) = house.deliver()
    return lambda: house.flows.unlock.by_link(token_of(letter), device_name="mine")


def first_operator(house: House) -> Callable[[], object]:
    token = house.flows.invite_first_operator() or ""
    return lambda: house.flows.create_first_operator(
        token, username="olive", email="olive@mail.example", password=PASSWORD
    )


FLOWS = {
    verify_link: Purpose.VERIFY_EMAIL,
    verify_code: Purpose.VERIFY_EMAIL,
    change_email: Purpose.CHANGE_EMAIL,
    reset_password: Purpose.RESET_PASSWORD,
    choose_password: Purpose.CHOOSE_PASSWORD,
    unlock: Purpose.UNLOCK_SIGN_IN,
    first_operator: Purpose.FIRST_OPERATOR,
}


# Purposes of the provider whose flows are not built yet: each leaves this set with the race of its flow.
AWAITED = {
    Purpose.AUTHORIZATION_CODE,
    Purpose.PUSHED_REQUEST,
    Purpose.SIGN_IN_REQUEST,
    Purpose.DEVICE_CODE,
    Purpose.USER_CODE,
    Purpose.CLIENT_ASSERTION,
    Purpose.DPOP_PROOF,
}


def test_flows_every_purpose_has_its_race() -> None:
    assert set(FLOWS.values()) == set(PURPOSES) - AWAITED


@pytest.mark.parametrize("prepare", FLOWS, ids=lambda prepare: prepare.__name__)
def test_flow_fifty_callers_with_one_link_one_succeeds(
    house: House, prepare: Callable[[House], Callable[[], object]]
) -> None:
    act = prepare(house)

    answers, refused = at_once(lambda _: act(), range(MANY))

    assert len(answers) == 1
    assert refused == {"LinkRefused": MANY - 1}
    assert house.flows.verify_chain().first_broken is None


def test_verify_email_fifty_competing_claims_to_one_address_make_one_account(house: House) -> None:
    tokens = [mail_to_a_claim(house, number, email="shared@mail.example") for number in range(MANY)]

    answers, refused = at_once(house.flows.verify_email.by_link, tokens)

    assert len(answers) == 1
    assert refused[LinkRefused.__name__] + refused[UserExists.__name__] == MANY - 1
    assert owner_of(house, "shared@mail.example") == answers[0]


def test_verify_email_fifty_registrations_of_one_name_make_one_account(house: House) -> None:
    def register(number: int) -> None:
        house.flows.register("margaret", f"m{number}@mail.example", password=PASSWORD, caller=HOME)

    at_once(register, range(MANY))
    letters = house.deliver()

    answers, refused = at_once(house.flows.verify_email.by_link, [token_of(letter) for letter in letters])

    assert len(letters) == MANY
    assert len(answers) == 1
    assert refused == {"UserExists": MANY - 1}
    assert owner_of(house, "margaret") == answers[0]
    assert house.sign_in("margaret").profile.id == answers[0]


def mail_to_a_claim(house: House, number: int, *, email: str) -> str:
    """Return the token of a link to one of many claims; more of them than the mail that goes to one address."""
    claim = replace(a_claim(f"name{number}", email=email, now=house.clock.now()), id=ClaimId(new_id(NOW)))
    minted = house.tools.mint.make(Purpose.VERIFY_EMAIL, claim.id, now=house.clock.now())
    with house.store.work() as work:
        work.claims.add(claim)
        work.onetimes.add(minted.artefact)
    return minted.token


def owner_of(house: House, login: str) -> AccountId | None:
    with house.store.view() as view:
        account = view.accounts.by_login(login)
        assert view.accounts.count() == 1
    return account.id if account else None
