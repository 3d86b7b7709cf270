from dataclasses import replace
from datetime import timedelta

from doorward.core.accounts.records import GRACE
from doorward.core.audit.records import AuditKind
from tests.builders import ACCOUNT, a_consent, a_grant
from tests.house import House
from tests.unit.core.stale import StaleAccounts


def test_erase_closed_before_the_grace_is_over_erases_nothing(house: House) -> None:
    house.flows.close_account(house.account("margaret"))
    house.clock.pause(GRACE - timedelta(seconds=1))

    assert house.flows.erase_closed() == 0


def test_erase_closed_leaves_nothing_but_the_audit(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "editor", granted=True)
    remembered = house.sign_in()
    (session,) = house.flows.list_sessions(account_id)
    device_id = session.device_id
    assert device_id is not None
    with house.store.work() as work:
        work.grants.add(replace(a_grant(), account_id=account_id))
        work.consents.put(replace(a_consent(), account_id=account_id))
        work.consents.put(a_consent())
    house.flows.close_account(account_id)
    house.deliver()
    house.clock.pause(GRACE)

    erased = house.flows.erase_closed()

    assert erased == 1
    with house.store.view() as view:
        assert view.accounts.by_id(account_id) is None
        assert view.accounts.by_login("margaret") is None
        assert view.passwords.of(account_id) is None
        assert view.roles.of(account_id) == ()
        assert view.sessions.by_id(remembered.session_id) is None
        assert view.grants.of_account(account_id) == ()
        assert view.consents.of_account(account_id) == ()
        assert view.consents.of_account(ACCOUNT) == (a_consent(),)
        assert view.attempts.of(account_id).version == 0
        assert not view.devices.is_known(account_id, device_id, now=house.clock.now())
        kinds = [entry.event.kind for entry in view.audit.read(account_id=account_id)]
    assert kinds[0] is AuditKind.ACCOUNT_VERIFIED
    assert kinds[-1] is AuditKind.ACCOUNT_DELETED
    assert house.account("margaret") != account_id


def test_erase_closed_account_whose_owner_has_just_signed_in_stays(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.close_account(account_id)
    house.clock.pause(GRACE)

    erased = House(StaleAccounts(house.store), clock=house.clock).flows.erase_closed()

    assert erased == 0
    assert house.flows.show_account("margaret").account.id == account_id
