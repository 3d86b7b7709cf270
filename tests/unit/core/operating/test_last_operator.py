from collections.abc import Callable

import pytest

from doorward.core.access.records import OPERATOR
from doorward.core.accounts.records import Status
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import AccountId
from doorward.core.operating.last_operator import LastOperator
from tests.house import House
from tests.unit.core.stale import StaleAccounts

Stop = Callable[[House, str, AccountId | None], object]


def revoke(house: House, name: str, actor_id: AccountId | None) -> object:
    return house.flows.set_role(name, OPERATOR, granted=False, actor_id=actor_id)


def disable(house: House, name: str, actor_id: AccountId | None) -> object:
    return house.flows.set_enabled(name, enabled=False, actor_id=actor_id)


STOPS = pytest.mark.parametrize("stop", [revoke, disable])


def operating(house: House, *names: str) -> list[AccountId]:
    ids = [house.account(name) for name in names]
    for name in names:
        house.flows.set_role(name, OPERATOR, granted=True)
    return ids


def stands(house: House, name: str) -> tuple[Status, tuple[str, ...]]:
    shown = house.flows.show_account(name)
    return shown.account.status, shown.roles


@STOPS
def test_last_operator_stays_whoever_stops_them(house: House, stop: Stop) -> None:
    (olga,) = operating(house, "olga")

    with pytest.raises(LastOperator):
        stop(house, "olga", olga)

    assert stands(house, "olga") == (Status.ACTIVE, (OPERATOR,))


@STOPS
def test_operator_whose_only_other_is_disabled_stays(house: House, stop: Stop) -> None:
    olga, _ = operating(house, "olga", "octavia")
    disable(house, "octavia", olga)

    with pytest.raises(LastOperator):
        stop(house, "olga", olga)


@STOPS
def test_operator_with_another_one_may_stop(house: House, stop: Stop) -> None:
    olga, _ = operating(house, "olga", "octavia")

    stop(house, "olga", olga)

    assert stands(house, "olga") != (Status.ACTIVE, (OPERATOR,))
    assert stands(house, "octavia") == (Status.ACTIVE, (OPERATOR,))


@STOPS
def test_last_operator_may_be_stopped_from_the_machine(house: House, stop: Stop) -> None:
    operating(house, "olga")

    stop(house, "olga", None)

    assert stands(house, "olga") != (Status.ACTIVE, (OPERATOR,))


def test_operator_who_is_disabled_already_may_lose_the_role(house: House) -> None:
    olga, _ = operating(house, "olga", "octavia")
    disable(house, "octavia", olga)

    revoke(house, "octavia", olga)

    assert stands(house, "octavia") == (Status.DISABLED, ())


def test_other_roles_and_accounts_are_taken_without_a_question(house: House) -> None:
    (olga,) = operating(house, "olga")
    house.account("margaret")
    house.flows.set_role("olga", "editor", granted=True)

    house.flows.set_role("olga", "editor", granted=False, actor_id=olga)
    disable(house, "margaret", olga)

    assert stands(house, "olga") == (Status.ACTIVE, (OPERATOR,))


@STOPS
def test_operator_stopped_while_somebody_changes_one_of_the_two_is_a_conflict(house: House, stop: Stop) -> None:
    olga, _ = operating(house, "olga", "octavia")

    with pytest.raises(Conflict):
        stop(House(StaleAccounts(house.store)), "octavia", olga)
