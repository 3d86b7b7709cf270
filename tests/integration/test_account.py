from datetime import timedelta

import pytest

from doorward.core.accounts.records import GRACE
from doorward.core.login.errors import InvalidCredentials
from doorward.core.outbox.records import JobState
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import EndReason, Kind
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, House, token_of
from tests.integration.crowd import PatientClock


def advance(house: House, duration: timedelta) -> None:
    assert isinstance(house.clock, PatientClock)
    house.clock.advance(duration)


def test_account_lives_from_registration_to_erasure(house: House) -> None:
    account_id = house.account("margaret")
    first = house.sign_in("margaret", kind=Kind.MOBILE)
    second = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=HOME)
    snapshot = house.flows.recognise(second.access_token, Kind.MOBILE)

    house.flows.change_password(snapshot, PASSWORD, new_password=OTHER_PASSWORD)
    house.flows.change_profile(account_id, username="adele", email="adele@mail.example")
    moved = next(letter for letter in house.deliver() if letter.kind == "change_email")
    house.flows.verify_email.by_link(token_of(moved))
    again = house.sign_in("adele@mail.example", OTHER_PASSWORD)
    exported = "".join(house.flows.export_account(account_id))
    house.flows.end_session(account_id, again.session_id, reason=EndReason.SIGNED_OUT)
    house.flows.close_account(account_id)
    house.deliver()
    advance(house, GRACE)
    erased = house.flows.erase_closed()

    assert '"username": "adele"' in exported
    assert erased == 1
    with pytest.raises(InvalidCredentials):
        house.sign_in("adele", OTHER_PASSWORD)
    with pytest.raises(RefreshRefused):
        house.flows.refresh(again.refresh_token, Kind.WEB, caller=HOME)
    assert house.flows.verify_chain().first_broken is None
    assert house.failures == []
    with house.store.view() as view:
        assert view.outbox.count().get(JobState.DEAD, 0) == 0


def test_account_that_is_disabled_ends_everything_on_every_store(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in("margaret", kind=Kind.MOBILE)

    house.flows.set_enabled("margaret", enabled=False)

    with pytest.raises(RefreshRefused):
        house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", device_token=remembered.device_token)


@pytest.mark.parametrize(
    "hostile",
    ["' OR '1'='1", '{"$ne": null}', "a\x00b", "\ud800", "%", "_", "\\", "x" * 300, "\u202eadmin", "é" * 40, "?", "-1"],
)
def test_account_hostile_words_are_refused_on_every_store(house: House, hostile: str) -> None:
    house.account("margaret")

    with pytest.raises(InvalidCredentials):
        house.sign_in(hostile)
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", hostile)
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", "wrong", device_token=hostile)
