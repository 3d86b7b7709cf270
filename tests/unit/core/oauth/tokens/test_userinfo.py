import pytest

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.tokens.userinfo import Shown
from tests.applications import SERVER, USERINFO, Application, another, claims
from tests.house import House


def test_userinfo_of_a_client_that_acts_for_itself_is_of_nobody(house: House) -> None:
    house.account()
    app = Application(house, another(SERVER, resources=()))
    token = app.ask(grant_type="client_credentials").access_token
    assert claims(token)["aud"] == USERINFO

    with pytest.raises(OAuthError) as raised:
        house.flows.tokens.userinfo(Shown(token, is_bound=False, method="GET"))

    assert raised.value.error is OAuthCode.INSUFFICIENT_SCOPE


def test_shown_token_and_proof_stand_in_no_repr() -> None:
    assert repr(Shown("a.b.c", is_bound=True, method="GET", proof="d.e.f")) == "Shown(is_bound=True)"
