"""While no key signs, and while keys are read anew: codes and refresh tokens of clients stay good for the next try."""

from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.keyring import REREAD_AFTER
from doorward.core.keys.rules import SIGNS_FOR
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.sessions.rules import OVERLAP
from tests.applications import OTHER_VERIFIER, Application
from tests.devices import Television
from tests.house import House


@pytest.fixture
def spa(house: House) -> Application:
    house.account()
    return Application(house)


def test_exchange_code_while_no_key_signs_uses_nothing_up(house: House, spa: Application) -> None:
    code = spa.code()
    house.advance(-timedelta(hours=1))
    with pytest.raises(Unavailable):
        spa.exchange(code)
    house.flows.rotate_keys()

    issued = spa.exchange(code)

    assert spa.is_live(issued)


def test_exchange_code_when_keys_are_due_to_be_read_opens_no_unit_within_another(spa: Application) -> None:
    code = spa.code()
    spa.house.advance(REREAD_AFTER)

    assert spa.exchange(code).access_token


def test_exchange_code_with_another_verifier_while_no_key_signs_is_refused(house: House, spa: Application) -> None:
    code = spa.code()
    house.advance(-timedelta(hours=1))

    with pytest.raises(OAuthError) as raised:
        spa.exchange(code, code_verifier=OTHER_VERIFIER)

    assert raised.value.error is OAuthCode.INVALID_GRANT


def test_refresh_of_a_client_while_no_key_signs_uses_nothing_up(house: House, spa: Application) -> None:
    issued = spa.exchange()
    house.advance(-timedelta(hours=1))
    for _ in range(60):
        with pytest.raises(Unavailable):
            spa.refresh(issued.refresh_token)
        house.advance(timedelta(seconds=0.5))
    house.flows.rotate_keys()

    again = spa.refresh(issued.refresh_token)

    assert spa.is_live(again)


def test_refresh_of_a_client_whose_answer_was_lost_before_no_key_signs_signs_nobody_out(house: House) -> None:
    house.account()
    house.advance(SIGNS_FOR - timedelta(seconds=1))
    app = Application(house)
    issued = app.exchange()
    app.refresh(issued.refresh_token)
    house.advance(timedelta(seconds=1))
    for _ in range(4):
        with pytest.raises(Unavailable):
            app.refresh(issued.refresh_token)
        house.advance(OVERLAP / 2)
    house.flows.rotate_keys()

    again = app.refresh(issued.refresh_token)

    assert app.is_live(again)


def test_poll_when_keys_are_due_to_be_read_opens_no_unit_within_another(house: House) -> None:
    house.account()
    tv = Television(house)
    tv.allow().wait(REREAD_AFTER.total_seconds())

    assert tv.poll().access_token
