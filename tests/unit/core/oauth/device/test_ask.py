from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.secrets import digest
from doorward.core.oauth.device.records import device_of
from doorward.core.oauth.device.rules.user_code import ALPHABET
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import GrantType
from doorward.core.onetime.records import Purpose
from tests.applications import INVOICES, REPORTS, SPA, another
from tests.builders import ISSUER
from tests.devices import TV, Television
from tests.house import House


@pytest.fixture
def tv(house: House) -> Television:
    house.account()
    return Television(house)


def refused(tv: Television, **values: tuple[str, ...]) -> OAuthCode:
    before = tv.live(Purpose.DEVICE_CODE), tv.live(Purpose.USER_CODE)
    with pytest.raises(OAuthError) as raised:
        tv.ask(values=values)
    assert (tv.live(Purpose.DEVICE_CODE), tv.live(Purpose.USER_CODE)) == before
    return raised.value.error


@pytest.mark.requirement("A-09")
def test_ask_gives_two_codes_and_says_where_one_is_typed(tv: Television) -> None:
    shown = tv.shown

    assert len(shown.user_code) == 9
    assert shown.user_code[4] == "-"
    assert set(shown.user_code) <= {*ALPHABET, "-"}
    assert shown.verification_uri == f"{ISSUER}/device"
    assert shown.verification_uri_complete == f"{ISSUER}/device?user_code={shown.user_code}"
    assert (shown.expires_in, shown.interval) == (timedelta(minutes=10), timedelta(seconds=5))


@pytest.mark.requirement("A-09")
def test_ask_keeps_neither_code_as_it_is(tv: Television) -> None:
    opened = tv.house.flows.requests.devices.ask.codes.open(tv.shown.device_code)
    assert opened is not None
    user_codes = tv.house.flows.requests.devices.ask.user_codes
    with tv.house.store.view() as view:
        now = tv.house.clock.now()
        artefact = view.onetimes.peek(Purpose.DEVICE_CODE, opened.digest, now=now)
        typed = user_codes.find(view, tv.code, now=now)
        unkeyed = view.onetimes.peek(Purpose.USER_CODE, digest(tv.code.encode()), now=now)

    assert artefact is not None
    assert typed is not None
    assert unkeyed is None
    kept = f"{artefact} {typed.artefact}"
    assert tv.code not in kept
    assert tv.shown.user_code not in kept
    assert tv.shown.device_code.split("_")[3] not in kept
    assert tv.code not in f"{tv.shown} {user_codes}"


def test_ask_keeps_who_asks_and_from_where_by_a_pseudonym(tv: Television) -> None:
    opened = tv.house.flows.requests.devices.ask.codes.open(tv.shown.device_code)
    assert opened is not None
    with tv.house.store.view() as view:
        artefact = view.onetimes.peek(Purpose.DEVICE_CODE, opened.digest, now=tv.house.clock.now())
    assert artefact is not None
    device = device_of(artefact)

    assert (device.client_id, device.program, artefact.subject) == (tv.client.id, "Television/1", tv.client.id)
    assert device.place == tv.house.tools.tag_address("192.0.2.7")
    assert "192.0.2.7" not in str(artefact)


def test_ask_codes_are_never_the_same(tv: Television) -> None:
    shown = [tv.ask().shown for _ in range(20)]

    assert len({each.user_code for each in shown}) == len({each.device_code for each in shown}) == 20


def test_ask_draws_anew_where_a_code_is_taken(tv: Television, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([tv.code, tv.code, "B" * 8])
    monkeypatch.setattr("doorward.core.kernel.secrets.random_letters", lambda *_: next(drawn))

    assert tv.ask().shown.user_code == "BBBB-BBBB"


@pytest.mark.requirement("A-09")
def test_ask_client_without_the_grant_is_refused(house: House) -> None:
    house.account()
    tv = Television(house)
    spa = replace(SPA, grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN))

    with pytest.raises(OAuthError) as raised:
        house.flows.requests.devices.ask(spa, {}, program="", address=None)

    assert raised.value.error is OAuthCode.UNAUTHORIZED_CLIENT
    assert tv.live(Purpose.DEVICE_CODE) == 1


def test_ask_as_another_client_than_the_proven_one_is_refused(tv: Television) -> None:
    assert refused(tv, client_id=("somebody-else",)) is OAuthCode.INVALID_REQUEST


@pytest.mark.parametrize("scope", ["nobody:knows", "operate", "account", 'a"b', " ".join(f"s{n}" for n in range(40))])
def test_ask_for_scopes_that_are_not_its_own_is_refused(tv: Television, scope: str) -> None:
    assert refused(tv, scope=(scope,)) is OAuthCode.INVALID_SCOPE


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize("resource", ["https://elsewhere.example", "relative", f"{REPORTS}#part"])
def test_ask_for_a_resource_that_is_not_registered_is_refused(tv: Television, resource: str) -> None:
    assert refused(tv, resource=(REPORTS, resource)) is OAuthCode.INVALID_TARGET


@pytest.mark.parametrize("details", ["[]", "no JSON", '[{"type": "unknown"}]'])
def test_ask_for_details_that_are_not_known_is_refused(tv: Television, details: str) -> None:
    assert refused(tv, authorization_details=(details,)) is OAuthCode.INVALID_DETAILS


@pytest.mark.parametrize("name", ["scope", "authorization_details"])
def test_ask_with_a_parameter_twice_is_refused(tv: Television, name: str) -> None:
    assert refused(tv, **{name: ("a", "b")}) is OAuthCode.INVALID_REQUEST


def test_ask_with_too_many_or_too_long_is_refused(tv: Television) -> None:
    assert refused(tv, resource=tuple(f"{REPORTS}/{number}" for number in range(9))) is OAuthCode.INVALID_REQUEST
    assert refused(tv, scope=("a" * 5000,)) is OAuthCode.INVALID_REQUEST


def test_ask_what_is_not_understood_is_not_kept(tv: Television) -> None:
    tv.ask(values={"state": ("x",), "redirect_uri": ("https://evil.example",), "client_secret": ("s3cret",)})

    with tv.house.store.view() as view:
        opened = tv.house.flows.requests.devices.ask.codes.open(tv.shown.device_code)
        assert opened is not None
        artefact = view.onetimes.peek(Purpose.DEVICE_CODE, opened.digest, now=tv.house.clock.now())
    assert artefact is not None
    assert device_of(artefact).values == {}


def test_ask_several_resources_may_be_asked_for(house: House) -> None:
    house.account()
    tv = Television(house, another(TV), values={"resource": (REPORTS, INVOICES)})

    assert tv.allow().poll(resource=INVOICES).access_token
