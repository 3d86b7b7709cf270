from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.sealing.sealer import AesGcmSealer
from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.kernel.secrets import Envelopes
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import EndReason, Kind
from doorward.core.sessions.tokens import DeviceTokens, PageTokens, RefreshTokens
from tests.builders import ACCOUNT, DEVICE, NOW, SESSION
from tests.house import House

ENVELOPES = Envelopes(bytes(32))
PAGES = PageTokens(ENVELOPES)
SECOND = timedelta(seconds=1)


def advance(house: House, by: timedelta) -> None:
    house.advance(by)


def test_page_tokens_open_what_was_closed_returns_the_session() -> None:
    token = PAGES.close(SESSION, expires_at=NOW + SECOND)

    assert token.startswith("dwp1_")
    assert PAGES.open(token, now=NOW) == SESSION


def test_page_tokens_remember_no_more_than_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.core.sessions.tokens.MOST_OPENED", 2)
    pages = PageTokens(ENVELOPES)
    made = [pages.close(SESSION, expires_at=NOW + SECOND * number) for number in range(1, 6)]

    assert [pages.open(token, now=NOW) for token in made] == [SESSION] * 5
    assert len(pages._opened) <= 2


def test_page_tokens_that_were_opened_expire_all_the_same() -> None:
    token = PAGES.close(SESSION, expires_at=NOW + SECOND)
    assert PAGES.open(token, now=NOW) == SESSION

    assert PAGES.open(token, now=NOW + SECOND) is None


def test_page_tokens_open_when_it_expires_is_none() -> None:
    token = PAGES.close(SESSION, expires_at=NOW + SECOND)

    assert PAGES.open(token, now=NOW + SECOND) is None


@given(st.text(max_size=200))
def test_page_tokens_open_arbitrary_text_is_none(presented: str) -> None:
    assert PAGES.open(presented, now=NOW) is None


@pytest.mark.parametrize("parts", [("no-id", "9999999999"), (SESSION, "-1"), (SESSION, "soon"), (SESSION, "1e9")])
def test_page_tokens_open_envelope_of_ours_with_strange_parts_is_none(parts: tuple[str, ...]) -> None:
    assert PAGES.open(ENVELOPES.close("dwp1", *parts), now=NOW) is None


def test_page_tokens_open_envelope_of_another_key_is_none() -> None:
    token = PageTokens(Envelopes(bytes(31) + b"1")).close(SESSION, expires_at=NOW + SECOND)

    assert PAGES.open(token, now=NOW) is None


def test_page_tokens_open_other_tokens_of_ours_is_none_and_the_other_way_round() -> None:
    later = NOW + SECOND
    refresh, devices = RefreshTokens(ENVELOPES, AesGcmSealer(bytes(32))), DeviceTokens(ENVELOPES)
    page = PAGES.close(SESSION, expires_at=later)

    assert PAGES.open(refresh.close(SESSION, 0, bytes(32)), now=NOW) is None
    assert PAGES.open(devices.close(ACCOUNT, DEVICE, expires_at=later), now=NOW) is None
    assert refresh.open(page) is None
    assert devices.open(page, ACCOUNT, now=NOW) is None


def test_recognise_page_live_session_is_who_signed_in(house: House) -> None:
    house.account()
    remembered = house.sign_in()
    recognise = replace(house.flows.recognise, snapshots=CachedSnapshots(house.store.view, house.clock))
    token = recognise.page_token(remembered)

    before = recognise.page_at_once(token)
    snapshot = recognise.page(token)

    assert before is None
    assert snapshot.session_id == remembered.session_id
    assert snapshot.profile == remembered.profile
    assert recognise.page_at_once(token) == snapshot


def test_recognise_page_outlives_the_access_token_and_no_more(house: House) -> None:
    house.account()
    remembered = house.sign_in()
    token = house.flows.recognise.page_token(remembered)

    advance(house, remembered.refresh_expires_in - SECOND)
    assert house.flows.recognise.page(token).session_id == remembered.session_id
    advance(house, SECOND)

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)
    with pytest.raises(NotSignedIn):
        house.flows.recognise.page_at_once(token)


def test_recognise_page_ended_session_is_nobody(house: House) -> None:
    house.account()
    remembered = house.sign_in()
    token = house.flows.recognise.page_token(remembered)

    house.flows.end_session(remembered.profile.id, remembered.session_id, reason=EndReason.SIGNED_OUT)
    advance(house, timedelta(seconds=3))

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)


def test_recognise_page_disabled_account_is_nobody(house: House) -> None:
    house.account()
    token = house.flows.recognise.page_token(house.sign_in())

    house.flows.set_enabled("margaret", enabled=False)
    advance(house, timedelta(seconds=3))

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)


def test_recognise_page_session_of_an_app_is_nobody(house: House) -> None:
    house.account()
    token = house.flows.recognise.page_token(house.sign_in(kind=Kind.MOBILE))

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)


def test_recognise_page_session_that_never_was_is_nobody(house: House) -> None:
    token = house.tools.page_tokens.close(SESSION, expires_at=house.clock.now() + SECOND)

    with pytest.raises(NotSignedIn):
        house.flows.recognise.page(token)


def test_recognise_page_access_token_is_nobody(house: House) -> None:
    house.account()
    remembered = house.sign_in()

    for presented in (remembered.access_token, remembered.refresh_token, remembered.device_token or ""):
        with pytest.raises(NotSignedIn):
            house.flows.recognise.page(presented)
