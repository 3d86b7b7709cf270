from datetime import timedelta

import pytest

from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.records import SPENT, OneTime, Purpose
from tests.builders import a_grant
from tests.house import WRONG_PASSWORD, House


def fill(house: House) -> None:
    house.account("margaret")
    house.claim("nobody")
    house.sign_in("margaret")
    with house.store.work() as work:
        work.grants.add(a_grant(now=house.clock.now()))
    house.flows.forgot_password("margaret@mail.example")
    house.deliver()
    with pytest.raises(InvalidCredentials):
        house.sign_in("somebody", WRONG_PASSWORD)
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", WRONG_PASSWORD)
    house.deliver()


def test_remove_expired_before_its_time_removes_nothing(house: House) -> None:
    fill(house)

    removed = house.flows.remove_expired()

    assert set(removed.values()) == {0}


def test_remove_expired_removes_what_has_had_its_time(house: House) -> None:
    fill(house)
    house.clock.pause(timedelta(days=181))

    removed = house.flows.remove_expired()

    assert removed.pop("jobs") > 0
    assert removed == {"claims": 1, "sessions": 1, "grants": 1, "devices": 1, "attempts": 1, "onetimes": 2}
    assert set(house.flows.remove_expired().values()) == {0}


@pytest.mark.parametrize("purpose", sorted(SPENT))
def test_remove_expired_forgets_what_was_spent_soon_after_its_age_refuses_it(house: House, purpose: Purpose) -> None:
    now = house.clock.now()
    with house.store.work() as work:
        work.onetimes.spend(purpose, b"seen", until=now + timedelta(minutes=5), now=now)
        work.onetimes.add(OneTime(Purpose.PUSHED_REQUEST, b"pushed", "", now, now + timedelta(minutes=5)))

    house.clock.pause(timedelta(minutes=15))
    early = house.flows.remove_expired()["onetimes"]
    house.clock.pause(timedelta(seconds=1))
    late = house.flows.remove_expired()["onetimes"]

    assert (early, late) == (0, 1)


def test_remove_expired_keeps_the_attempts_of_accounts(house: House) -> None:
    fill(house)
    account_id = house.flows.show_account("margaret").account.id
    house.clock.pause(timedelta(days=181))

    house.flows.remove_expired()

    with house.store.view() as view:
        assert view.attempts.of(account_id).version > 0
