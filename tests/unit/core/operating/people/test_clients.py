import pytest

from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType, Consent
from doorward.core.operating.people import find_clients
from tests.house import House


def added(house: House, client_id: str, name: str, *addresses: str) -> None:
    house.flows.clients.add(
        Wanted(name, ClientType.SPA, id=client_id, redirect_uris=addresses or ("https://a.example",))
    )


@pytest.mark.parametrize("wanted", ["PAY", "payroll", "roll", "pay.example", " Payroll "])
def test_find_clients_looks_into_name_id_and_addresses(house: House, wanted: str) -> None:
    added(house, "payroll", "Payroll", "https://pay.example/back")
    added(house, "other", "Other")

    page = house.flows.operators.find_clients(wanted)

    assert ([client.id for client in page.items], page.next_after) == (["payroll"], None)


def test_find_clients_goes_on_where_it_stopped(house: House) -> None:
    for number in range(5):
        added(house, f"app{number}", "App" if number % 2 == 0 else "Other")

    first = house.flows.operators.find_clients("app", size=2)
    rest = house.flows.operators.find_clients("app", after=first.next_after, size=9)

    assert [client.id for client in (*first.items, *rest.items)] == [f"app{number}" for number in range(5)]
    assert (first.next_after, rest.next_after) == ("app1", None)


def test_find_clients_looks_at_so_many_and_says_where_it_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_clients, "_MOST_READ", 2)
    monkeypatch.setattr(find_clients, "MAX_PAGE_SIZE", 1)
    for number in range(4):
        added(house, f"app{number}", "App")

    first = house.flows.operators.find_clients("app3")
    rest = house.flows.operators.find_clients("app3", after=first.next_after)

    assert (first.items, first.next_after) == ((), "app1")
    assert [client.id for client in rest.items] == ["app3"]


def test_see_client_counts_what_would_end_with_it(house: House) -> None:
    added(house, "payroll", "Payroll")
    account_id = house.account("margaret")
    with house.store.work() as work:
        work.consents.put(Consent(account_id, ClientId("payroll"), "openid", house.clock.now()))

    seen = house.flows.operators.see_client("payroll")

    assert (seen.client.name, seen.consents, seen.sessions) == ("Payroll", 1, 0)
    with pytest.raises(NotFound):
        house.flows.operators.see_client("nobody")
