"""Requests that clients sign with keys at an address of theirs: changed, forged, and not to be had."""
# ruff: noqa: ARG002 (a stand-in keeps the port's parameters)

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.outgoing import Failure, Fetched, NotFetched
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.authorize.errors import RequestUnreadable
from doorward.core.oauth.authorize.records import Outcome, Reply, Values, Visitor
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.testing.clock import FixedClock
from tests.authorizing import asking
from tests.builders import CLIENT, ISSUER, a_client
from tests.house import House
from tests.pairs import SIGNATURES
from tests.stores import a_memory_store
from tests.wire import Wire

URL: Final = "https://app.example/jwks"
PAIRS: Final = {name: SIGNATURES.generate(Algorithm.ES256, KeyId(name)) for name in ("first", "second", "thief's")}
NOBODY: Final = Visitor(None, b"a browser")


class Server(Wire):
    """The server of the application: which keys it shows, and how often it was asked for them."""

    def __init__(self) -> None:
        super().__init__()
        self.shows: tuple[str, ...] = ("first",)
        self.is_away = False
        self.fetches: list[str] = []

    def get(self, url: str, *, accepts: Collection[str] = (), headers: Mapping[str, str] | None = None) -> Fetched:
        self.fetches.append(url)
        if self.is_away or url != URL:
            raise NotFetched(Failure.CONNECTION, "away")
        keys = [json.loads(PAIRS[name][0]) for name in self.shows]
        return Fetched(200, "application/json", json.dumps({"keys": keys}).encode())


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def house(server: Server, clock: FixedClock) -> House:
    house = House(a_memory_store(), clock, web=server)
    with house.store.work() as work:
        work.clients.add(replace(a_client(), jwks_uri=URL))
    return house


def signed(house: House, by: str = "first", *, named: str | None = None, **more: JsonValue) -> str:
    """Return a request that is signed by one key, under the name of that or another."""
    soon = int((house.clock.now() + timedelta(minutes=5)).timestamp())
    claims: dict[str, JsonValue] = {**asking(), "iss": CLIENT, "aud": ISSUER, "exp": soon}
    message = jose.compact("oauth-authz-req+jwt", claims | more, algorithm=Algorithm.ES256, key_id=KeyId(named or by))
    signature = SIGNATURES.sign(Algorithm.ES256, PAIRS[by][1], message)
    return f"{message.decode()}.{jose.b64url_encode(signature)}"


def authorize(house: House, request: str, **outside: str) -> Outcome:
    """Present a request at the endpoint, with nothing outside of it but the client and what is said."""
    presented: Values = {"client_id": (CLIENT,), "request": (request,)} | {
        name: (value,) for name, value in outside.items()
    }
    return house.flows.requests.authorize(presented, NOBODY)


def refused(house: House, request: str) -> OAuthCode | None:
    outcome = authorize(house, request, redirect_uri=asking()["redirect_uri"])
    assert isinstance(outcome, Reply)
    return outcome.error


@pytest.mark.requirement("A-06")
def test_authorize_takes_what_is_signed_by_a_key_at_the_address_of_the_client(house: House, server: Server) -> None:
    for _ in range(3):
        assert not isinstance(authorize(house, signed(house)), Reply)

    assert server.fetches == [URL]


@pytest.mark.requirement("A-06")
def test_authorize_key_that_the_client_has_just_changed_to_is_fetched_once(
    house: House, server: Server, clock: FixedClock
) -> None:
    authorize(house, signed(house))
    server.shows = ("second",)
    clock.advance(timedelta(minutes=1))

    outcome = authorize(house, signed(house, "second"))

    assert not isinstance(outcome, Reply)
    assert refused(house, signed(house, "first")) is OAuthCode.INVALID_REQUEST_OBJECT
    assert server.fetches == [URL, URL]


@pytest.mark.requirement("A-06")
def test_authorize_stranger_who_names_unknown_keys_has_nobody_asked_without_end(house: House, server: Server) -> None:
    found = {refused(house, signed(house, "thief's", named=f"key {number}")) for number in range(50)}

    assert found == {OAuthCode.INVALID_REQUEST_OBJECT}
    assert len(server.fetches) == 1


@pytest.mark.requirement("A-06")
@pytest.mark.parametrize("name", ["first", "thief's"])
def test_authorize_key_of_somebody_else_is_refused_whatever_it_is_called(house: House, name: str) -> None:
    assert refused(house, signed(house, "thief's", named=name)) is OAuthCode.INVALID_REQUEST_OBJECT


@pytest.mark.requirement("A-06", "J-08")
def test_authorize_address_in_the_object_is_never_fetched(house: House, server: Server) -> None:
    message, claims, signature = signed(house, "thief's").split(".")
    header = json.loads(jose.b64url_decode(message)) | {"jku": "https://evil.example/jwks"}
    forged = f"{jose.b64url_encode(json.dumps(header).encode())}.{claims}.{signature}"

    assert refused(house, forged) is OAuthCode.INVALID_REQUEST_OBJECT
    assert set(server.fetches) <= {URL}


def test_authorize_object_that_says_something_else_has_nothing_fetched(house: House, server: Server) -> None:
    assert refused(house, signed(house, "thief's", aud="https://evil.example")) is OAuthCode.INVALID_REQUEST_OBJECT
    assert server.fetches == []


def test_authorize_keys_that_are_not_to_be_had_are_told_where_the_address_is_known(
    house: House, server: Server
) -> None:
    server.is_away = True

    assert refused(house, signed(house)) is OAuthCode.TEMPORARILY_UNAVAILABLE
    with pytest.raises(RequestUnreadable):
        authorize(house, signed(house))


@pytest.mark.requirement("A-01", "A-06")
def test_push_signed_request_is_taken_by_the_same_keys(house: House) -> None:
    with house.store.view() as view:
        client = view.clients.by_id(CLIENT)
    assert client is not None

    assert house.flows.requests.push(client, {"request": (signed(house),)}).request_uri
    with pytest.raises(OAuthError):
        house.flows.requests.push(client, {"request": (signed(house, "thief's"),)})
