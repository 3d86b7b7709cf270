import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from doorward.core.kernel.errors import NotFound, Unavailable
from doorward.core.kernel.ids import ClientId
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.browser.admit import AdmitPage
from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.clients.built_in import DOCS, built_in_clients
from doorward.core.oauth.clients.document import DescribedClients, is_address
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.clients.rules.registration import check_client
from doorward.core.oauth.errors import ClientRefused, OAuthError
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType
from doorward.core.oauth.rules.redirect_uri import may_redirect_to
from tests.builders import CALLBACK, CLIENT, ISSUER
from tests.house import House
from tests.unit.core.oauth.keys import EC_KEY
from tests.unit.core.oauth.proving import HOME, Shelf, basic, by_assertion, claims_at, signed

ADDRESS: Final = ClientId("https://app.example/client.json")
DOCUMENT: Final[dict[str, JsonValue]] = {
    "client_id": ADDRESS,
    "client_name": "Reports",
    "redirect_uris": [CALLBACK, "http://127.0.0.1/signed-in"],
    "grant_types": ["authorization_code", "refresh_token"],
}


def finding(house: House, document: Mapping[str, JsonValue], shelf: Shelf | None = None) -> FindClient:
    shelf = shelf or Shelf()
    shelf.sets[ADDRESS] = document
    return replace(house.flows.clients.find, documents=DescribedClients(shelf))


def described(house: House, **changes: JsonValue) -> Client | None:
    return finding(house, DOCUMENT | changes)(ADDRESS)


def test_find_built_in_client_stands_in_no_store(house: House) -> None:
    found = house.flows.clients.find(DOCS)

    assert found is not None
    assert found == check_client(found)
    assert (found.is_first_party, found.is_public) == (True, True)
    assert may_redirect_to(found, f"{ISSUER}/docs/oauth2-redirect")
    assert house.flows.clients.list().items == ()
    with house.store.view() as work:
        assert house.flows.clients.find.within(work, DOCS) == found


@pytest.mark.parametrize("issuer", ["http://localhost:8000", "https://auth.example/prefix", "https://auth.example/"])
def test_built_in_clients_keep_the_rules(issuer: str) -> None:
    for client in built_in_clients(issuer).values():
        assert check_client(client) is client
        assert client.id.startswith("doorward-")


def test_find_built_in_client_cannot_be_changed_or_removed(house: House) -> None:
    for act in (house.flows.clients.show, house.flows.clients.remove, house.flows.clients.rotate_secret):
        with pytest.raises(NotFound):
            act(DOCS)


@pytest.mark.requirement("S-08")
@pytest.mark.parametrize("name", ["doorward-web", "doorward-mobile", "DOORWARD-DOCS", "nobody", "", "a b", "\x00"])
def test_find_what_is_no_client_is_none(house: House, name: str) -> None:
    assert house.flows.clients.find(name) is None


def test_find_registered_and_known_ask_no_document(house: House) -> None:
    shelf = Shelf()
    find = finding(house, DOCUMENT, shelf)

    assert find.registered(ADDRESS) is None
    assert find.registered("a b") is None
    assert find.registered(DOCS) == find(DOCS)
    with house.store.view() as view:
        assert find.known(view, ADDRESS) is None
        assert find.known(view, DOCS) == find(DOCS)
    assert (find.may_describe_itself(ADDRESS), find.may_describe_itself(DOCS)) == (True, False)
    assert not house.flows.clients.find.may_describe_itself(ADDRESS)
    assert shelf.asked == []


def test_authenticate_address_with_an_empty_secret_is_refused_and_nobody_is_asked(house: House) -> None:
    shelf = Shelf()
    flow = replace(house.flows.clients.authenticate, find=finding(house, DOCUMENT, shelf))

    with pytest.raises(ClientRefused):
        flow(basic(ADDRESS, ""), {}, address=HOME)

    assert shelf.asked == []


def test_page_of_a_client_that_is_an_address_is_refused_and_nobody_is_asked(house: House) -> None:
    shelf = Shelf()
    admit = AdmitPage(finding(house, DOCUMENT, shelf), house.flows.tokens.give.check_proof, house.clock)

    with pytest.raises(OAuthError):
        admit.client(FromPage(ADDRESS, "https://app.example", {}))

    assert shelf.asked == []


def test_find_client_by_its_address_is_off_by_default(house: House) -> None:
    assert house.flows.clients.find.documents is None
    assert house.flows.clients.find(ADDRESS) is None


def test_find_client_by_its_address_is_what_its_document_says(house: House) -> None:
    client = described(house)

    assert client is not None
    assert (client.id, client.name, client.type) == (ADDRESS, "Reports", ClientType.NATIVE)
    assert (client.is_public, client.is_first_party, client.resources) == (True, False, ())
    assert may_redirect_to(client, "http://127.0.0.1:7777/signed-in")
    assert not may_redirect_to(client, "https://evil.example/")


def test_find_client_without_a_name_is_called_by_its_host(house: House) -> None:
    client = finding(house, {name: value for name, value in DOCUMENT.items() if name != "client_name"})(ADDRESS)

    assert client is not None
    assert client.name == "app.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://evil.example/client.json"},
        {"client_id": f"{ADDRESS}?"},
        {"client_id": None},
        {"client_secret": "shared"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"redirect_uris": ["http://app.example/"]},
        {"redirect_uris": None},
        {"grant_types": ["client_credentials"]},
        {"software_statement": "x"},
    ],
    ids=str,
)
def test_find_document_that_describes_no_client_is_none(house: House, changes: dict[str, JsonValue]) -> None:
    assert described(house, **changes) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example",
        "https://app.example/",
        "https://app.example/client.json?a=b",
        "https://app.example/a/../client.json",
        "https://user@app.example/client.json",
        "https://app.example/client.json#x",
        "http://127.0.0.1/client.json",
        "http://localhost/client.json",
        "file:///etc/passwd",
        "HTTPS://app.example/client.json",
    ],
)
def test_find_address_of_another_kind_is_never_asked_for(house: House, address: str) -> None:
    shelf = Shelf()

    found = finding(house, DOCUMENT, shelf)(address)

    assert found is None
    assert not is_address(address)
    assert shelf.asked == []


def test_find_registered_client_needs_no_document(house: House) -> None:
    shelf = Shelf()
    house.flows.clients.add(Wanted("Ours", ClientType.WEB, id=CLIENT, redirect_uris=(CALLBACK,)))

    found = finding(house, DOCUMENT, shelf)(CLIENT)

    assert found is not None
    assert shelf.asked == []


def test_find_address_whose_server_is_away_is_an_outage(house: House) -> None:
    with pytest.raises(Unavailable):
        finding(house, DOCUMENT)("https://other.example/client.json")


def test_find_client_by_its_address_may_prove_itself_by_its_key(house: House) -> None:
    keys: JsonValue = {"keys": [dict(EC_KEY)]}
    document = DOCUMENT | {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": keys,
        "redirect_uris": [CALLBACK],
    }
    authenticate = replace(house.flows.clients.authenticate, find=finding(house, document))
    assertion = signed(claims_at(house.clock.now(), iss=ADDRESS, sub=ADDRESS))

    client = authenticate(None, by_assertion(assertion), address=None)

    assert client.authentication is ClientAuthentication.PRIVATE_KEY
    assert json.loads(client.jwks or "") == keys


def test_find_client_as_it_is_listed_needs_no_document(house: House) -> None:
    shelf = Shelf()
    find = finding(house, DOCUMENT, shelf)

    with house.store.view() as work:
        listed = find.shown(work, ADDRESS)
        others = [find.shown(work, DOCS), find.shown(work, ClientId("nobody"))]
        off = house.flows.clients.find.shown(work, ADDRESS)

    assert listed is not None
    assert (listed.name, listed.grants, listed.redirect_uris) == ("app.example", (), ())
    assert [client and client.id for client in others] == [DOCS, None]
    assert (off, shelf.asked) == (None, [])


@pytest.mark.parametrize("name", ["", "a b", "\x00", "\ud800", "x" * 1025], ids=ascii)
def test_find_within_what_no_store_can_hold_is_none(house: House, name: str) -> None:
    with house.store.view() as work:
        assert house.flows.clients.find.within(work, ClientId(name)) is None
