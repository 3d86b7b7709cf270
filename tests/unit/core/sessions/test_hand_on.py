"""What was granted in a session, when the same person signs in anew in its browser, and when somebody else does."""

from dataclasses import replace

import pytest

from doorward.core.kernel.ids import AccountId, SessionId, new_id
from doorward.core.sessions.records import EndReason, Kind, Remembered, Session
from tests.builders import a_session
from tests.house import HOME, PASSWORD, House


@pytest.fixture
def before(house: House) -> Remembered:
    house.account("margaret")
    return house.sign_in("margaret")


def granted_in(house: House, parent: Remembered) -> SessionId:
    """Keep the session of a client that was granted in another one, and return its id."""
    now = house.clock.now()
    child = replace(
        a_session(now=now),
        id=SessionId(new_id(now)),
        account_id=parent.profile.id,
        kind=Kind.CLIENT,
        parent_id=parent.session_id,
    )
    with house.store.work() as work:
        work.sessions.add(child)
    return child.id


def kept(house: House, session_id: SessionId) -> Session:
    with house.store.view() as view:
        session = view.sessions.by_id(session_id)
    assert session is not None
    return session


def is_ended(house: House, session_id: SessionId) -> bool:
    return kept(house, session_id).ended_at is not None


def test_sign_in_again_lets_applications_go_on_in_the_fresh_session(house: House, before: Remembered) -> None:
    child = granted_in(house, before)
    snapshot = house.flows.recognise(before.access_token, Kind.WEB)

    after = house.flows.sign_in_again(snapshot, PASSWORD, caller=HOME, device_name="mine")

    assert is_ended(house, before.session_id)
    assert (is_ended(house, child), kept(house, child).parent_id) == (False, after.session_id)


def test_end_by_refresh_token_with_an_heir_lets_applications_go_on_there(house: House, before: Remembered) -> None:
    child, heir = granted_in(house, before), house.sign_in("margaret")

    house.flows.end_by_refresh_token(before.refresh_token, heir=heir.session_id)
    house.flows.end_session(before.profile.id, heir.session_id, reason=EndReason.SIGNED_OUT)

    assert is_ended(house, before.session_id)
    assert kept(house, child).end_reason is EndReason.SIGNED_OUT


def test_end_session_for_somebody_else_hands_nothing_on(house: House, before: Remembered) -> None:
    child = granted_in(house, before)
    house.account("mallory")
    heir = house.sign_in("mallory")

    house.flows.end_session(before.profile.id, before.session_id, reason=EndReason.REPLACED, heir=heir.session_id)

    assert is_ended(house, child)


def test_end_session_for_an_app_of_the_same_account_hands_nothing_on(house: House, before: Remembered) -> None:
    child, heir = granted_in(house, before), house.sign_in("margaret", kind=Kind.MOBILE)

    house.flows.end_session(before.profile.id, before.session_id, reason=EndReason.REPLACED, heir=heir.session_id)

    assert is_ended(house, child)


def test_end_session_for_a_session_that_has_ended_hands_nothing_on(house: House, before: Remembered) -> None:
    child, heir = granted_in(house, before), house.sign_in("margaret")
    house.flows.end_session(before.profile.id, heir.session_id, reason=EndReason.SIGNED_OUT)

    house.flows.end_session(before.profile.id, before.session_id, reason=EndReason.REPLACED, heir=heir.session_id)

    assert is_ended(house, child)


def test_end_by_refresh_token_of_a_session_that_is_over_hands_nothing_on(house: House, before: Remembered) -> None:
    child, heir = granted_in(house, before), house.sign_in("margaret")
    house.flows.end_session(AccountId(before.profile.id), before.session_id, reason=EndReason.SIGNED_OUT)

    house.flows.end_by_refresh_token(before.refresh_token, heir=heir.session_id)

    assert is_ended(house, child)
