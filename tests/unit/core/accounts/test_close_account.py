from datetime import timedelta

import pytest

from doorward.core.accounts.records import GRACE, Status
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import EndReason, Kind
from tests.builders import ACCOUNT
from tests.house import HOME, OTHER_PASSWORD, House, token_of
from tests.unit.core.stale import StaleAccounts


def test_close_account_ends_sessions_and_links_and_tells_the_owner(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in(kind=Kind.MOBILE)
    house.flows.forgot_password("margaret@mail.example")
    (link,) = house.deliver()

    delete_after = house.flows.close_account(account_id)
    (letter,) = house.deliver()

    assert delete_after == house.clock.now() + GRACE
    assert (letter.kind, letter.detail) == (LetterKind.ACCOUNT_CLOSING, delete_after.isoformat())
    with pytest.raises(RefreshRefused):
        house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)
    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token_of(link), OTHER_PASSWORD, device_name="")


def test_close_account_of_nobody_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.close_account(ACCOUNT)


def test_close_account_that_was_disabled_stays_disabled(house: House) -> None:
    account_id, session = house.account("margaret"), house.sign_in("margaret")
    house.flows.set_enabled("margaret", enabled=False)
    house.deliver()

    with pytest.raises(Conflict):
        house.flows.close_account(account_id, session_id=session.session_id)

    assert house.deliver() == []
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")


def test_close_account_in_a_session_that_has_just_ended_closes_nothing(house: House) -> None:
    account_id, session = house.account("margaret"), house.sign_in("margaret")
    house.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    with pytest.raises(NotSignedIn):
        house.flows.close_account(account_id, session_id=session.session_id)

    assert house.deliver() == []
    assert house.sign_in("margaret").access_token


def test_close_account_changed_meanwhile_is_a_conflict(house: House) -> None:
    account_id = house.account("margaret")
    late = House(StaleAccounts(house.store))

    with pytest.raises(Conflict):
        late.flows.close_account(account_id)

    assert house.deliver() == []
    assert house.sign_in().access_token


def test_close_account_signing_in_keeps_it(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.close_account(account_id)
    house.deliver()
    house.clock.pause(GRACE - timedelta(seconds=1))

    house.sign_in("margaret")
    told = {letter.kind for letter in house.deliver()}
    house.clock.pause(timedelta(days=2))

    assert LetterKind.ACCOUNT_KEPT in told
    assert house.flows.erase_closed() == 0
    with house.store.view() as view:
        account = view.accounts.by_id(account_id)
        assert account is not None
        assert (account.status, account.delete_after) == (Status.ACTIVE, None)


def test_close_account_wrong_password_does_not_keep_it(house: House) -> None:
    house.flows.close_account(house.account("margaret"))

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", OTHER_PASSWORD)
    house.clock.pause(GRACE)

    assert house.flows.erase_closed() == 1


def test_close_account_changed_while_its_owner_signs_in_is_a_conflict(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.close_account(account_id)
    late = House(StaleAccounts(house.store))

    with pytest.raises(Conflict):
        late.sign_in("margaret")

    assert house.flows.list_sessions(account_id) == ()
