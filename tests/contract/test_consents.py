"""What people consented to, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.records import Consent
from tests.builders import NOW
from tests.contract.builders import MANY, at_once, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
APP = ClientId("app")
URL = ClientId("https://app.example/client?x=1/2")
A_MOMENT = timedelta(microseconds=1)
TO_APP = Consent(OWNER, APP, "openid", NOW)
TO_URL = Consent(OWNER, URL, "openid profile", NOW + A_MOMENT)
OF_OTHER = Consent(OTHER, APP, "", NOW)


def kept(store: Store, *consents: Consent) -> None:
    with store.work() as work:
        for consent in consents:
            work.consents.put(consent)


def test_of_kept_consent_comes_back_as_it_was(store: Store) -> None:
    kept(store, TO_APP, TO_URL, OF_OTHER)

    with store.view() as view:
        assert view.consents.of(OWNER, APP) == TO_APP
        assert view.consents.of(OWNER, URL) == TO_URL
        assert view.consents.of(OTHER, APP) == OF_OTHER
        assert view.consents.of(OTHER, URL) is None


def test_put_takes_the_place_of_the_one_before(store: Store) -> None:
    kept(store, TO_APP, OF_OTHER)
    newer = replace(TO_APP, scope="openid email", granted_at=NOW + A_MOMENT)

    kept(store, newer)

    with store.view() as view:
        assert view.consents.of_account(OWNER) == (newer,)
        assert view.consents.of(OTHER, APP) == OF_OTHER


def test_put_many_at_once_one_stays(store: Store) -> None:
    at_once(MANY, lambda number: kept(store, replace(TO_APP, scope=str(number))))

    with store.view() as view:
        (consent,) = view.consents.of_account(OWNER)
    assert consent.scope in {str(number) for number in range(MANY)}


def test_of_account_newest_comes_first(store: Store) -> None:
    kept(store, TO_APP, TO_URL, OF_OTHER)

    with store.view() as view:
        assert view.consents.of_account(OWNER) == (TO_URL, TO_APP)


def test_remove_takes_back_once(store: Store) -> None:
    kept(store, TO_APP, TO_URL)

    with store.work() as work:
        first, second = work.consents.remove(OWNER, APP), work.consents.remove(OWNER, APP)

    with store.view() as view:
        assert (first, second) == (True, False)
        assert view.consents.of_account(OWNER) == (TO_URL,)


def test_put_after_remove_is_kept_again(store: Store) -> None:
    kept(store, TO_APP)
    with store.work() as work:
        work.consents.remove(OWNER, APP)

    kept(store, TO_APP)

    with store.view() as view:
        assert view.consents.of(OWNER, APP) == TO_APP


def test_remove_all_leaves_other_accounts_alone(store: Store) -> None:
    kept(store, TO_APP, TO_URL, OF_OTHER)

    with store.work() as work:
        work.consents.remove_all(OWNER)

    with store.view() as view:
        assert view.consents.of_account(OWNER) == ()
        assert view.consents.of_account(OTHER) == (OF_OTHER,)


def test_remove_client_leaves_other_clients_alone(store: Store) -> None:
    kept(store, TO_APP, TO_URL, OF_OTHER)

    with store.work() as work:
        removed = work.consents.remove_client(APP)

    with store.view() as view:
        assert removed == 2
        assert view.consents.of_account(OWNER) == (TO_URL,)
        assert view.consents.of_account(OTHER) == ()


def test_view_writes_no_consent(store: Store) -> None:
    with store.view() as view, pytest.raises(RuntimeError):
        view.consents.put(TO_APP)


def test_of_client_goes_through_the_accounts_in_the_order_of_their_ids(store: Store) -> None:
    third = Consent(AccountId(numbered(3)), APP, "openid", NOW)
    kept(store, third, TO_URL, OF_OTHER, TO_APP)

    with store.view() as view:
        first = view.consents.of_client(APP, limit=2)
        rest = view.consents.of_client(APP, after=first[-1].account_id, limit=2)
        none = view.consents.of_client(ClientId("nobody"))

    assert (first, rest, none) == ((TO_APP, OF_OTHER), (third,), ())
