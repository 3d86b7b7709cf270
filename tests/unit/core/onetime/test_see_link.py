from datetime import timedelta

import pytest

from doorward.core.onetime.records import PURPOSES, Purpose
from doorward.testing.clock import FixedClock
from tests.house import House, token_of


def test_see_link_live_link_works_and_stays(house: House) -> None:
    token = token_of(house.claim())

    seen = [house.flows.see_link(token, (Purpose.VERIFY_EMAIL,)) for _ in range(3)]

    assert seen == [True, True, True]
    assert house.flows.verify_email.by_link(token)


def test_see_link_used_link_does_not_work(house: House) -> None:
    token = token_of(house.claim())
    house.flows.verify_email.by_link(token)

    assert not house.flows.see_link(token, (Purpose.VERIFY_EMAIL,))


def test_see_link_expired_link_does_not_work(house: House) -> None:
    token = token_of(house.claim())
    assert isinstance(house.clock, FixedClock)

    house.clock.advance(PURPOSES[Purpose.VERIFY_EMAIL].link + timedelta(seconds=1))

    assert not house.flows.see_link(token, (Purpose.VERIFY_EMAIL,))


def test_see_link_made_for_something_else_does_not_work(house: House) -> None:
    token = token_of(house.claim())

    assert not house.flows.see_link(token, (Purpose.RESET_PASSWORD, Purpose.CHOOSE_PASSWORD))


@pytest.mark.parametrize("token", ["", "made up", "dwo1_verify-email_aaaa_bbbb", "\x00", "ä" * 600])
def test_see_link_forged_link_asks_no_store(house: House, token: str) -> None:
    house.statements.clear()

    assert not house.flows.see_link(token, tuple(Purpose))
    assert house.statements == []
