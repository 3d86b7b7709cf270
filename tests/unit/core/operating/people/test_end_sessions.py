import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId
from tests.house import House


@pytest.fixture
def olga(house: House) -> AccountId:
    house.account("margaret")
    return house.account("olga")


def recorded(house: House, kind: AuditKind) -> list[tuple[str | None, str | None]]:
    with house.store.view() as view:
        entries = view.audit.read()
    return [(each.event.account_id, each.event.actor_id) for each in entries if each.event.kind is kind]


def test_end_session_of_somebody_ends_it_and_says_who_did(house: House, olga: AccountId) -> None:
    first, second = house.sign_in(), house.sign_in()

    house.flows.operators.end_session("margaret", first.session_id, actor_id=olga)

    left = house.flows.list_sessions(first.profile.id)
    assert [session.id for session in left] == [second.session_id]
    assert recorded(house, AuditKind.SESSION_ENDED) == [(first.profile.id, olga)]


@pytest.mark.parametrize("session_id", ["", "x", "0" * 26, "0" * 27, "\0"])
def test_end_session_that_is_none_is_not_found(house: House, olga: AccountId, session_id: str) -> None:
    with pytest.raises(NotFound):
        house.flows.operators.end_session("margaret", session_id, actor_id=olga)


def test_end_session_of_somebody_else_is_not_found(house: House, olga: AccountId) -> None:
    session_id = house.sign_in("olga").session_id

    with pytest.raises(NotFound):
        house.flows.operators.end_session("margaret", session_id, actor_id=olga)

    assert house.flows.list_sessions(olga)


def test_end_sessions_ends_all_and_says_who_did(house: House, olga: AccountId) -> None:
    remembered = [house.sign_in() for _ in range(3)]

    ended = house.flows.operators.end_sessions("margaret", actor_id=olga)

    account_id = remembered[0].profile.id
    assert (ended, house.flows.list_sessions(account_id)) == (3, ())
    assert recorded(house, AuditKind.SESSIONS_ENDED) == [(account_id, olga)]


def test_end_sessions_of_nobody_is_not_found(house: House, olga: AccountId) -> None:
    with pytest.raises(NotFound):
        house.flows.operators.end_sessions("nobody", actor_id=olga)
