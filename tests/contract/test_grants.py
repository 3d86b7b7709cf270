"""What clients were granted, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.records import Grant
from tests.builders import CLIENT, NOW
from tests.contract.builders import HOUR, a_grant, a_session, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
OTHER_CLIENT = ClientId("https://other.example/client")
NONE = SessionId("z" * 26)
A_MOMENT = timedelta(microseconds=1)
FULL = replace(
    a_grant(2),
    is_offline=True,
    resources=("https://api.example", "https://other.example"),
    claims='{"id_token":{"email":null}}',
    details='[{"type":"payment"}]',
    key_thumbprint="thumbprint",
    acr="urn:example:strong",
    amr=("pwd", "otp"),
)
PLAIN = Grant(SessionId(numbered(1)), CLIENT, OWNER, NOW, NOW + HOUR)


def kept(store: Store, *grants: Grant) -> None:
    with store.work() as work:
        for grant in grants:
            work.grants.add(grant)


def test_of_session_kept_grant_comes_back_as_it_was(store: Store) -> None:
    kept(store, PLAIN, FULL)

    with store.view() as view:
        assert view.grants.of_session(PLAIN.session_id) == PLAIN
        assert view.grants.of_session(FULL.session_id) == FULL
        assert view.grants.of_session(NONE) is None


def test_of_account_newest_comes_first_and_others_are_left_out(store: Store) -> None:
    old, new = a_grant(1, account_id=OWNER), replace(a_grant(2, account_id=OWNER), created_at=NOW + A_MOMENT)
    same_moment = a_grant(3, account_id=OWNER, client_id=OTHER_CLIENT)
    kept(store, old, new, same_moment, a_grant(4, account_id=OTHER))

    with store.view() as view:
        assert view.grants.of_account(OWNER) == (new, same_moment, old)
        assert view.grants.of_account(OWNER, client_id=CLIENT) == (new, old)
        assert view.grants.of_account(OWNER, client_id=ClientId("none")) == ()


def test_of_client_finds_those_whose_sessions_are_kept(store: Store) -> None:
    with store.work() as work:
        for number in (1, 2, 3):
            work.sessions.add(a_session(number))
    kept(store, *(a_grant(number) for number in (1, 2, 4)), a_grant(3, client_id=OTHER_CLIENT))

    with store.work() as work:
        found = work.grants.of_client(CLIENT, limit=10)
        one = work.grants.of_client(CLIENT, limit=1)

    assert set(found) == {a_grant(1), a_grant(2)}
    assert len(one) == 1


def test_remove_leaves_the_others_alone(store: Store) -> None:
    kept(store, a_grant(1), a_grant(2))

    with store.work() as work:
        work.grants.remove(a_grant(1).session_id)
        work.grants.remove(NONE)

    with store.view() as view:
        assert view.grants.of_session(a_grant(1).session_id) is None
        assert view.grants.of_session(a_grant(2).session_id) == a_grant(2)


def test_remove_all_leaves_other_accounts_alone(store: Store) -> None:
    others = a_grant(3, account_id=OTHER)
    kept(store, a_grant(1, account_id=OWNER), a_grant(2, account_id=OWNER), others)

    with store.work() as work:
        work.grants.remove_all(OWNER)

    with store.view() as view:
        assert view.grants.of_account(OWNER) == ()
        assert view.grants.of_account(OTHER) == (others,)


def test_purge_removes_what_expired_before(store: Store) -> None:
    over = replace(a_grant(1), expires_at=NOW)
    kept(store, over, replace(a_grant(2), expires_at=NOW + A_MOMENT))

    with store.work() as work:
        removed = work.grants.purge(NOW + A_MOMENT)

    with store.view() as view:
        assert removed == 1
        assert view.grants.of_session(over.session_id) is None
        assert view.grants.of_session(a_grant(2).session_id) is not None


def test_view_writes_no_grant(store: Store) -> None:
    with store.view() as view, pytest.raises(RuntimeError):
        view.grants.add(a_grant(1))
