from datetime import timedelta

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.limits.records import limit
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import EndReason, Kind
from tests.builders import ACCOUNT
from tests.house import HOME, PASSWORD, House, code_of, token_of

NEW = "new@mail.example"


def test_change_profile_username_changes_at_once(house: House) -> None:
    account_id = house.account("margaret")

    profile = house.flows.change_profile(account_id, username="Adele")

    assert profile.username == "adele"
    assert profile.updated_at == house.clock.now()
    assert house.sign_in("adele").profile.id == account_id
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")


@pytest.mark.parametrize("taken", ["adele", "аdele".replace("а", "a").upper()])
def test_change_profile_username_that_is_taken_is_user_exists(house: House, taken: str) -> None:
    house.account("adele")
    account_id = house.account("margaret")

    with pytest.raises(UserExists):
        house.flows.change_profile(account_id, username=taken)

    assert house.sign_in("margaret").profile.id == account_id


def test_change_profile_to_what_it_is_changes_nothing(house: House) -> None:
    account_id = house.account("margaret")
    before = len(house.statements)

    house.flows.change_profile(account_id, username="MARGARET", email="Margaret@Mail.Example")

    assert house.statements[before:] == ["accounts.by_id", "roles.of"]
    assert house.deliver() == []


def test_change_profile_both_at_once_changes_the_name_and_asks_for_the_address(house: House) -> None:
    account_id = house.account("margaret")

    profile = house.flows.change_profile(account_id, username="adele", email=NEW)
    (letter,) = house.deliver()

    assert (profile.username, profile.email) == ("adele", "margaret@mail.example")
    assert (letter.kind, letter.to, letter.username) == (LetterKind.CHANGE_EMAIL, NEW, "adele")
    assert house.flows.verify_email.by_link(token_of(letter)) == account_id


def test_change_profile_address_counts_as_changed_once_it_is_proven(house: House) -> None:
    account_id = house.account("margaret")
    before = house.flows.change_profile(account_id, email=NEW).updated_at
    (letter,) = house.deliver()
    house.clock.pause(timedelta(minutes=1))

    house.flows.verify_email.by_link(token_of(letter))

    assert house.flows.change_profile(account_id).updated_at == before + timedelta(minutes=1)


@pytest.mark.parametrize("change", ["username", "email"])
@pytest.mark.parametrize("end", ["signed out", "disabled"])
def test_change_profile_in_a_session_that_has_just_ended_changes_nothing(house: House, change: str, end: str) -> None:
    account_id, session = house.account("margaret"), house.sign_in("margaret")
    if end == "disabled":
        house.flows.set_enabled("margaret", enabled=False)
    else:
        house.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    username, email = ("adele", None) if change == "username" else (None, NEW)
    with pytest.raises(NotSignedIn):
        house.flows.change_profile(account_id, username=username, email=email, session_id=session.session_id)

    assert house.deliver() == []
    with house.store.view() as view:
        account = view.accounts.by_id(account_id)
    assert account is not None
    assert account.username == "margaret"


def test_change_profile_in_a_session_that_lives_changes_it(house: House) -> None:
    account_id, session = house.account("margaret"), house.sign_in("margaret")

    assert house.flows.change_profile(account_id, username="adele", session_id=session.session_id).username == "adele"


@pytest.mark.parametrize("status", ["disabled", "closing"])
def test_change_email_of_an_account_that_is_not_open_is_refused(house: House, status: str) -> None:
    account_id = house.account("margaret")
    asking = (
        house.flows.close_account
        if status == "closing"
        else lambda _: house.flows.set_enabled("margaret", enabled=False)
    )
    asking(account_id)
    house.deliver()
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(letter))


def test_letters_that_a_stranger_sends_to_an_address_keep_back_none_of_its_owners(house: House) -> None:
    house.account("margaret")
    strangers = [house.account(name) for name in ("grace", "adele")]
    for stranger in strangers:
        for _ in range(8):
            house.flows.change_profile(stranger, email="margaret@mail.example")
    sent = [letter for letter in house.deliver() if letter.to == "margaret@mail.example"]

    house.flows.forgot_password("margaret@mail.example")

    assert len(sent) == 10
    assert [letter.kind for letter in house.deliver()] == [LetterKind.RESET_PASSWORD]


def test_letters_to_one_address_are_thirty_an_hour_however_many_ask(house: House) -> None:
    house.account("margaret")
    strangers = [house.account(f"stranger-{number}") for number in range(8)]
    for stranger in strangers:
        for _ in range(5):
            house.flows.change_profile(stranger, email="margaret@mail.example")

    sent = [letter for letter in house.deliver() if letter.to == "margaret@mail.example"]
    assert len(sent) == limit("mail_to_address").amount - 1  # one was her own, when she registered


def test_change_profile_of_nobody_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.change_profile(ACCOUNT, username="adele")


@pytest.mark.parametrize(("username", "email"), [("a", None), (None, "a")])
def test_change_profile_to_no_name_or_address_is_invalid(house: House, username: str | None, email: str | None) -> None:
    account_id = house.account("margaret")

    with pytest.raises(Invalid):
        house.flows.change_profile(account_id, username=username, email=email)


def test_change_email_counts_only_after_its_own_link(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email=NEW)

    with pytest.raises(InvalidCredentials):
        house.sign_in(NEW)

    assert house.sign_in("margaret@mail.example").profile.email == "margaret@mail.example"


def test_change_email_tells_both_addresses_and_ends_the_sessions(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in(kind=Kind.MOBILE)
    house.flows.change_profile(account_id, email=NEW)
    (invitation,) = house.deliver()

    assert house.flows.verify_email.by_link(token_of(invitation)) == account_id
    (notice,) = house.deliver()

    assert (invitation.kind, invitation.to) == (LetterKind.CHANGE_EMAIL, NEW)
    assert (notice.kind, notice.to, notice.token) == (LetterKind.EMAIL_CHANGED, "margaret@mail.example", None)
    with pytest.raises(RefreshRefused):
        house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)
    assert house.sign_in(NEW).profile.email == NEW


def test_change_email_by_code_moves_the_account(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()

    assert house.flows.verify_email.by_code(NEW, code_of(letter)) == account_id


def test_change_email_asked_again_the_earlier_link_dies(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email="first@mail.example")
    house.clock.pause(timedelta(seconds=1))
    house.flows.change_profile(account_id, email="second@mail.example")
    first, second = house.deliver()

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(first))

    assert house.flows.verify_email.by_link(token_of(second)) == account_id


def test_change_email_is_bound_to_the_old_address(house: House) -> None:
    account_id = house.account("margaret")
    minted = house.tools.mint.make(
        Purpose.CHANGE_EMAIL,
        account_id,
        now=house.clock.now(),
        payload={"email": NEW, "email_key": NEW, "old_email_key": "before@mail.example"},
    )
    with house.store.work() as work:
        work.onetimes.add(minted.artefact)

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(minted.token)


def test_change_email_of_an_account_that_is_gone_is_refused(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()
    with house.store.work() as work:
        work.accounts.remove(account_id)

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(letter))


def test_change_email_to_one_that_was_taken_meanwhile_is_user_exists(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()
    house.account("adele", email=NEW)

    with pytest.raises(UserExists):
        house.flows.verify_email.by_link(token_of(letter))


def test_change_email_to_somebody_elses_is_answered_the_same_and_tells_them(house: House) -> None:
    house.account("adele")
    account_id = house.account("margaret")

    profile = house.flows.change_profile(account_id, email="adele@mail.example")
    (letter,) = house.deliver()

    assert profile.email == "margaret@mail.example"
    assert (letter.kind, letter.to, letter.token) == (LetterKind.ACCOUNT_EXISTS, "adele@mail.example", None)


def test_change_email_is_asked_five_times_an_hour_at_most(house: House) -> None:
    account_id = house.account("margaret")

    for _ in range(8):
        house.flows.change_profile(account_id, email=NEW)

    assert len(house.deliver()) == 5


def test_change_email_deletes_the_claims_to_the_address(house: House) -> None:
    account_id = house.account("margaret")
    claim = house.claim("mallory", email=NEW)
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()
    house.flows.verify_email.by_link(token_of(letter))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(claim))


def test_change_email_pending_dies_with_a_change_of_password(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()
    snapshot = house.flows.recognise(remembered.access_token, Kind.WEB)
    house.flows.change_password(snapshot, PASSWORD, new_password="purple monkey dishwasher lamp")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(letter))


def test_change_email_a_day_later_is_refused(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.change_profile(account_id, email=NEW)
    (letter,) = house.deliver()
    house.clock.pause(timedelta(hours=24))

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(letter))
