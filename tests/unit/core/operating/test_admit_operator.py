from datetime import timedelta

import pytest

from doorward.core.access.errors import AccessDenied
from doorward.core.access.records import OPERATOR
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import EndReason, Kind
from doorward.testing.clock import FixedClock
from tests.house import House


@pytest.fixture
def operating(house: House) -> House:
    house.account("olga")
    house.flows.set_role("olga", OPERATOR, granted=True)
    return house


def presented(house: House, name: str = "olga", kind: Kind = Kind.WEB) -> str:
    return house.flows.recognise.page_token(house.sign_in(name, kind=kind))


def test_admit_operator_returns_the_session_of_one(operating: House) -> None:
    snapshot = operating.flows.operators.admit(presented(operating))

    assert snapshot.profile.username == "olga"


def test_admit_operator_refuses_everybody_else(operating: House) -> None:
    operating.account("margaret")

    with pytest.raises(AccessDenied):
        operating.flows.operators.admit(presented(operating, "margaret"))


def test_admit_operator_refuses_one_whose_role_was_taken_away(operating: House) -> None:
    token = presented(operating)
    operating.flows.set_role("olga", OPERATOR, granted=False)

    with pytest.raises(AccessDenied):
        operating.flows.operators.admit(token)


@pytest.mark.parametrize("token", ["", "made up", "dwp1_x_y_z"])
def test_admit_operator_refuses_what_is_no_token_of_pages(operating: House, token: str) -> None:
    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)


def test_admit_operator_refuses_the_session_of_an_app(operating: House) -> None:
    token = presented(operating, kind=Kind.MOBILE)

    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)


def test_admit_operator_refuses_a_session_that_ended(operating: House) -> None:
    token = presented(operating)
    olga = operating.flows.show_account("olga").account
    operating.flows.end_all_sessions(olga.id, reason=EndReason.SIGNED_OUT)

    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)


def test_admit_operator_refuses_a_session_that_is_gone(operating: House) -> None:
    token = presented(operating)
    olga = operating.flows.show_account("olga").account
    with operating.store.work() as work:
        work.sessions.remove_all(olga.id)

    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)


def test_admit_operator_refuses_a_disabled_account(operating: House) -> None:
    token = presented(operating)
    operating.flows.set_enabled("olga", enabled=False)

    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)


def test_admit_operator_refuses_a_session_that_has_expired(operating: House) -> None:
    token = presented(operating)
    operating.sign_in("olga")
    assert isinstance(operating.clock, FixedClock)
    operating.clock.advance(timedelta(days=31))

    with pytest.raises(NotSignedIn):
        operating.flows.operators.admit(token)
