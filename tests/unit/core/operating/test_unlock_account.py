import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.login.errors import InvalidCredentials
from tests.house import WRONG_PASSWORD, House
from tests.unit.core.stale import StaleAttempts


def test_unlock_account_gives_everybody_five_tries_again(house: House) -> None:
    account_id, operator = house.account("margaret"), house.account("operator")
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD)

    house.flows.unlock_account("margaret", actor_id=operator)

    assert house.sign_in("margaret").access_token
    with house.store.view() as view:
        entry = next(entry for entry in view.audit.read() if entry.event.kind is AuditKind.SIGN_IN_UNLOCKED)
    assert (entry.event.account_id, entry.event.actor_id) == (account_id, operator)


def test_unlock_account_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.flows.unlock_account("nobody")


def test_unlock_account_changed_meanwhile_is_a_conflict(house: House) -> None:
    house.account("margaret")

    with pytest.raises(Conflict):
        House(StaleAttempts(house.store)).flows.unlock_account("margaret")
