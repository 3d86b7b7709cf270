from datetime import timedelta

from doorward.core.onetime.records import Purpose
from tests.house import House, token_of

VERIFYING = (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)


def test_see_link_leaves_the_link_as_it_is(house: House) -> None:
    token = token_of(house.claim("margaret"))

    seen = [house.flows.see_link(token, VERIFYING) for _ in range(3)]
    house.flows.verify_email.by_link(token)

    assert seen == [True] * 3
    assert not house.flows.see_link(token, VERIFYING)


def test_see_link_too_old_is_false(house: House) -> None:
    token = token_of(house.claim("margaret"))
    house.clock.pause(timedelta(hours=24))

    assert not house.flows.see_link(token, VERIFYING)


def test_see_link_for_something_else_or_forged_is_false_without_a_read(house: House) -> None:
    token = token_of(house.claim("margaret"))
    before = len(house.statements)

    assert not house.flows.see_link(token, [Purpose.RESET_PASSWORD])
    assert not house.flows.see_link("anything", VERIFYING)

    assert house.statements[before:] == []
