from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import ClientId
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.records import Attempts
from doorward.core.login.rules import CEILING, SUSPENDED_FOR
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType, Consent
from doorward.core.sessions.records import Kind
from tests.house import WRONG_PASSWORD, House


def test_see_account_returns_all_that_help_needs(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "editor", granted=True)
    web, mobile = house.sign_in(), house.sign_in(kind=Kind.MOBILE)
    house.flows.clients.add(Wanted("App", ClientType.NATIVE, id="app", redirect_uris=("com.example.app:/x",)))
    with house.store.work() as work:
        work.consents.put(Consent(account_id, ClientId("app"), "openid", house.clock.now()))

    seen = house.flows.operators.see_account(account_id)

    assert (seen.account.username, seen.roles) == ("margaret", ("editor",))
    assert {session.id for session in seen.sessions} == {web.session_id, mobile.session_id}
    assert (seen.ways_in.has_password, seen.ways_in.identities) == (True, ())
    assert [each.client.id for each in seen.applications] == ["app"]
    assert seen.events[0].event.kind is AuditKind.SIGN_IN
    assert not seen.lock.is_shut


def test_see_account_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.operators.see_account("0" * 26)


def test_see_account_tells_of_a_suspension_and_for_how_long(house: House) -> None:
    house.account("margaret")
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD)

    lock = house.flows.operators.see_account("margaret").lock

    assert (lock.is_shut, lock.is_spent, lock.failures) == (True, False, 5)
    assert lock.until is not None
    assert timedelta(0) < lock.until - house.clock.now() <= SUSPENDED_FOR


def test_see_account_tells_of_a_password_that_works_nowhere(house: House) -> None:
    account_id = house.account("margaret")
    with house.store.work() as work:
        work.attempts.put(Attempts(account_id, consecutive=CEILING), expected_version=0)

    lock = house.flows.operators.see_account("margaret").lock

    assert (lock.is_shut, lock.is_spent, lock.until) == (True, True, None)
