from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import EndReason, Kind
from tests.builders import SESSION
from tests.house import HOME, House


def test_end_session_ends_it_alone_and_its_tokens_at_once(house: House) -> None:
    account_id = house.account("margaret")
    ended, other = house.sign_in(kind=Kind.MOBILE), house.sign_in(kind=Kind.MOBILE)

    house.flows.end_session(account_id, ended.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotSignedIn):
        house.flows.recognise(ended.access_token, Kind.MOBILE)
    with pytest.raises(RefreshRefused):
        house.flows.refresh(ended.refresh_token, Kind.MOBILE, caller=HOME)
    assert house.flows.recognise(other.access_token, Kind.MOBILE).session_id == other.session_id
    with house.store.view() as view:
        last = view.audit.read(account_id=account_id)[-1].event
    assert (last.kind, last.detail) == (AuditKind.SESSION_ENDED, {"reason": "signed_out"})


def test_end_session_of_somebody_else_is_not_found_and_ends_nothing(house: House) -> None:
    house.account("margaret")
    mallory = house.account("mallory")
    remembered = house.sign_in("margaret")

    for session_id in (remembered.session_id, SESSION):
        with pytest.raises(NotFound):
            house.flows.end_session(mallory, session_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    assert house.flows.recognise(remembered.access_token, Kind.WEB).session_id == remembered.session_id


def test_end_session_twice_is_not_found(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()
    house.flows.end_session(account_id, remembered.session_id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotFound):
        house.flows.end_session(account_id, remembered.session_id, reason=EndReason.SIGNED_OUT)


def test_end_all_sessions_keeps_the_one_that_is_named(house: House) -> None:
    account_id = house.account("margaret")
    kept, *others = [house.sign_in() for _ in range(4)]
    house.account("adele")
    foreign = house.sign_in("adele")

    ended = house.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE, keep=kept.session_id)

    assert ended == len(others)
    assert [session.id for session in house.flows.list_sessions(account_id)] == [kept.session_id]
    assert house.flows.recognise(foreign.access_token, Kind.WEB).session_id == foreign.session_id


def test_end_all_sessions_without_exception_ends_all(house: House) -> None:
    account_id = house.account("margaret")
    house.sign_in()

    assert house.flows.end_all_sessions(account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE) == 1
    assert house.flows.list_sessions(account_id) == ()


def test_end_by_refresh_token_signs_out_with_nothing_else(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in()

    house.flows.end_by_refresh_token(remembered.refresh_token)
    house.flows.end_by_refresh_token(remembered.refresh_token)

    assert house.flows.list_sessions(account_id) == ()
    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read(account_id=account_id)]
    assert kinds.count(AuditKind.SESSION_ENDED) == 1


def test_end_by_refresh_token_unknown_changes_nothing(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in()
    stranger = house.tools.refresh_tokens.close(SESSION, 0, bytes(32))

    for presented in ("", "anything", stranger, remembered.access_token):
        house.flows.end_by_refresh_token(presented)

    assert house.flows.recognise(remembered.access_token, Kind.WEB).session_id == remembered.session_id


def test_list_sessions_shows_the_live_ones_the_one_seen_last_first(house: House) -> None:
    account_id = house.account("margaret")
    first = house.sign_in(kind=Kind.MOBILE)
    house.clock.pause(timedelta(hours=1))
    second = house.sign_in()
    house.clock.pause(timedelta(hours=1))
    house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)

    listed = house.flows.list_sessions(account_id)
    house.clock.pause(timedelta(days=14) - timedelta(hours=1))
    later = house.flows.list_sessions(account_id)

    assert [session.id for session in listed] == [first.session_id, second.session_id]
    assert [session.id for session in later] == [first.session_id]
