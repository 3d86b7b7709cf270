from datetime import timedelta

import pytest

from doorward.core.login.errors import InvalidCredentials
from doorward.core.sessions.errors import NotFresh, RefreshRefused
from doorward.core.sessions.records import Caller, EndReason, Kind
from tests.house import HOME, PASSWORD, WRONG_PASSWORD, House


def test_sign_in_again_puts_a_fresh_session_in_place_of_the_old_one(house: House) -> None:
    house.account("margaret")
    before = house.sign_in("margaret", kind=Kind.MOBILE)
    house.clock.pause(timedelta(minutes=4))
    before = house.flows.refresh(before.refresh_token, Kind.MOBILE, caller=HOME)
    house.clock.pause(timedelta(minutes=3))
    snapshot = house.flows.recognise(before.access_token, Kind.MOBILE)
    with pytest.raises(NotFresh):
        house.flows.recognise.require_fresh(snapshot)

    after = house.flows.sign_in_again(snapshot, PASSWORD, caller=HOME, device_name="mine")

    house.flows.recognise.require_fresh(house.flows.recognise(after.access_token, Kind.MOBILE))
    assert (after.kind, after.profile) == (Kind.MOBILE, before.profile)
    assert after.session_id != before.session_id
    with pytest.raises(RefreshRefused):
        house.flows.refresh(before.refresh_token, Kind.MOBILE, caller=HOME)


def test_sign_in_again_with_a_wrong_password_is_refused_and_keeps_the_session(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in("margaret")
    snapshot = house.flows.recognise(remembered.access_token, Kind.WEB)

    with pytest.raises(InvalidCredentials):
        house.flows.sign_in_again(snapshot, WRONG_PASSWORD, caller=HOME, device_name="mine")

    assert house.flows.refresh(remembered.refresh_token, Kind.WEB, caller=HOME).access_token


def test_sign_in_again_on_a_known_device_needs_no_place_among_strangers(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in("margaret")
    snapshot = house.flows.recognise(remembered.access_token, Kind.WEB)
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            house.sign_in("margaret", WRONG_PASSWORD)

    known = Caller(device_token=remembered.device_token)

    assert house.flows.sign_in_again(snapshot, PASSWORD, caller=known, device_name="mine").access_token


def test_sign_in_again_for_a_session_that_ended_meanwhile_starts_the_fresh_one(house: House) -> None:
    account_id = house.account("margaret")
    remembered = house.sign_in("margaret")
    snapshot = house.flows.recognise(remembered.access_token, Kind.WEB)
    house.flows.end_session(account_id, remembered.session_id, reason=EndReason.SIGNED_OUT)

    after = house.flows.sign_in_again(snapshot, PASSWORD, caller=HOME, device_name="mine")

    assert house.flows.recognise(after.access_token, Kind.WEB).session_id == after.session_id
