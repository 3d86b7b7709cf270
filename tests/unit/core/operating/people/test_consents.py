from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType, Consent
from doorward.testing.clock import FixedClock
from tests.house import House

APP = ClientId("app")


@pytest.fixture
def people(house: House) -> House:
    house.flows.clients.add(Wanted("App", ClientType.NATIVE, id=APP, redirect_uris=("com.example.app:/x",)))
    assert isinstance(house.clock, FixedClock)
    ids = []
    for name in ("margaret", "dorothy", "zoe"):
        ids.append(house.account(name))
        house.clock.advance(timedelta(seconds=1))
    with house.store.work() as work:
        for account_id in ids:
            work.consents.put(Consent(account_id, APP, "openid email", house.clock.now()))
        work.accounts.remove(ids[-1])
    house.account("olga")
    return house


def test_consents_of_client_go_on_page_by_page_and_name_who_is_left(people: House) -> None:
    client, first = people.flows.operators.consents_of_client(APP, size=2)
    _, rest = people.flows.operators.consents_of_client(APP, after=first.next_after, size=2)

    names = [each.account and each.account.username for each in (*first.items, *rest.items)]
    assert (client.id, names, rest.next_after) == (APP, ["margaret", "dorothy", None], None)


@pytest.mark.parametrize("client_id", ["nobody", "", "a b", "\0"])
def test_consents_of_client_that_is_none_is_not_found(people: House, client_id: str) -> None:
    with pytest.raises(NotFound):
        people.flows.operators.consents_of_client(client_id)


def test_consents_of_account_are_what_acts_for_it(people: House) -> None:
    account, applications = people.flows.operators.consents_of_account("margaret")

    assert account.username == "margaret"
    assert [(each.client.id, each.scopes) for each in applications] == [(APP, ("openid", "email"))]


def test_revoke_consent_takes_it_back_and_says_who_did(people: House) -> None:
    olga = people.flows.show_account("olga").account.id

    people.flows.operators.revoke_consent("margaret", APP, actor_id=olga)

    account, applications = people.flows.operators.consents_of_account("margaret")
    with people.store.view() as view:
        event = next(each.event for each in view.audit.read() if each.event.kind is AuditKind.CONSENT_REVOKED)
    assert applications == ()
    assert (event.account_id, event.actor_id) == (account.id, olga)


@pytest.mark.parametrize(("wanted", "client_id"), [("margaret", "other"), ("nobody", APP), ("olga", APP)])
def test_revoke_consent_that_is_none_is_not_found(people: House, wanted: str, client_id: str) -> None:
    with pytest.raises(NotFound):
        people.flows.operators.revoke_consent(wanted, client_id, actor_id=AccountId("0" * 26))
