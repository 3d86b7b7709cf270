from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.access.records import Scope
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.oauth.records import Grant
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import LIFETIMES, EndReason, Kind, Session
from tests.builders import SESSION, a_client, a_grant, a_session
from tests.house import HOME, House

LIFE = LIFETIMES[Kind.CLIENT]


def started(
    house: House,
    account_id: AccountId,
    granted_in: SessionId | None,
    *,
    scope: str = "openid",
    grant: Grant | None = None,
) -> tuple[Session, str] | None:
    start = StartClientSession(house.tools.refresh_tokens)
    now = house.clock.now()
    whole = replace(grant or a_grant(now=now), account_id=account_id)
    with house.store.work() as work:
        return start(work, whole, a_client(), scope=scope, place="somewhere", granted_in=granted_in, now=now)


def kept(house: House, session_id: SessionId = SESSION) -> Session | None:
    with house.store.view() as view:
        return view.sessions.by_id(session_id)


def test_start_keeps_the_session_and_its_grant_under_one_id(house: House) -> None:
    account_id = house.account("margaret")
    browser = house.sign_in()

    found = started(house, account_id, browser.session_id)

    assert found is not None
    session, token = found
    opened = house.tools.refresh_tokens.open(token)
    assert (session.kind, session.parent_id, session.device_name) == (Kind.CLIENT, browser.session_id, "Reports")
    assert (session.account_id, session.authenticated_at) == (account_id, house.clock.now())
    assert session.idle_expires_at == house.clock.now() + LIFE.idle
    assert kept(house) == session
    assert opened is not None
    assert opened.session_id == session.id
    with house.store.view() as view:
        assert view.grants.of_session(session.id) == replace(a_grant(now=house.clock.now()), account_id=account_id)


def test_start_session_ends_no_later_than_the_one_that_it_was_granted_in(house: House) -> None:
    account_id = house.account("margaret")
    browser = house.sign_in()
    house.clock.pause(timedelta(days=10))
    ends = kept(house, browser.session_id)
    assert ends is not None

    found = started(house, account_id, browser.session_id)

    assert found is not None
    assert found[0].expires_at == ends.expires_at < house.clock.now() + LIFE.absolute


def test_start_offline_session_stands_by_itself(house: House) -> None:
    account_id = house.account("margaret")
    browser = house.sign_in()
    house.clock.pause(timedelta(days=10))
    grant = replace(a_grant(now=house.clock.now()), is_offline=True)

    started(house, account_id, browser.session_id, grant=grant)
    house.flows.end_session(account_id, browser.session_id, reason=EndReason.SIGNED_OUT)

    session = kept(house)
    assert session is not None
    assert (session.parent_id, session.ended_at, session.expires_at) == (None, None, grant.expires_at)


@pytest.mark.parametrize("is_offline", [False, True], ids=["child", "offline"])
def test_start_in_a_session_that_has_ended_writes_nothing(house: House, is_offline: bool) -> None:  # noqa: FBT001
    account_id = house.account("margaret")
    browser = house.sign_in()
    house.flows.end_session(account_id, browser.session_id, reason=EndReason.SIGNED_OUT)
    grant = replace(a_grant(now=house.clock.now()), is_offline=is_offline)

    found = started(house, account_id, browser.session_id, grant=grant)

    with house.store.view() as view:
        assert (found, kept(house), view.grants.of_account(account_id)) == (None, None, ())


def test_start_in_the_session_of_somebody_else_writes_nothing(house: House) -> None:
    account_id = house.account("margaret")
    house.account("adele")
    others = house.sign_in("adele")

    assert started(house, account_id, others.session_id) is None
    assert kept(house) is None


@pytest.mark.parametrize("scope", ["operate", "account", "openid account profile operate"])
def test_start_leaves_out_what_first_party_sessions_are_for(house: House, scope: str) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "operator", granted=True)
    browser = house.sign_in()

    found = started(house, account_id, browser.session_id, scope=scope)

    assert found is not None
    assert not set(found[0].scope.split(" ")) & set(Scope)
    with house.store.view() as view:
        snapshot = view.sessions.snapshot(SESSION)
    assert snapshot is not None
    assert snapshot.scope == found[0].scope


def test_snapshot_of_a_client_whose_row_says_more_is_good_for_no_more(house: House) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "operator", granted=True)
    with house.store.work() as work:
        tampered = replace(a_session(kind=Kind.CLIENT, now=house.clock.now()), scope="openid account operate")
        work.sessions.add(replace(tampered, account_id=account_id))

    with house.store.view() as view:
        snapshot = view.sessions.snapshot(SESSION)

    assert snapshot is not None
    assert snapshot.scope == "openid"


def test_log_in_as_a_client_starts_nothing(house: House) -> None:
    account_id = house.account("margaret")

    with pytest.raises(ValueError, match="no session of a client"):
        house.sign_in(kind=Kind.CLIENT)

    with house.store.view() as view:
        assert view.sessions.live_of(account_id, now=house.clock.now()) == ()


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.MOBILE])
def test_refresh_with_the_token_of_a_client_as_one_of_the_first_party_is_refused(house: House, kind: Kind) -> None:
    account_id = house.account("margaret")
    found = started(house, account_id, house.sign_in().session_id)
    assert found is not None

    with pytest.raises(RefreshRefused):
        house.flows.refresh(found[1], kind, caller=HOME)

    assert kept(house) == found[0]


def test_list_sessions_leaves_out_those_of_clients(house: House) -> None:
    account_id = house.account("margaret")
    browser = house.sign_in()
    started(house, account_id, browser.session_id)

    listed = house.flows.list_sessions(account_id)

    assert [session.id for session in listed] == [browser.session_id]


def test_end_all_sessions_ends_those_of_clients(house: House) -> None:
    account_id = house.account("margaret")
    browser = house.sign_in()
    started(house, account_id, browser.session_id, grant=replace(a_grant(now=house.clock.now()), is_offline=True))

    ended = house.flows.end_all_sessions(account_id, reason=EndReason.PASSWORD_CHANGED, keep=browser.session_id)

    session = kept(house)
    assert ended == 1
    assert session is not None
    assert session.end_reason is EndReason.PASSWORD_CHANGED
