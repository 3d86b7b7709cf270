from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.grants.records import Asked
from doorward.core.oauth.grants.refresh import RefreshGrant
from doorward.core.oauth.records import GrantType
from tests.applications import Application
from tests.house import House


def test_repr_of_what_a_page_sends_holds_nothing_secret() -> None:
    page = FromPage("reports", "https://app.example", {"code": "secret"}, "secret", "secret", "secret")

    assert repr(page) == "FromPage(client_id='reports', origin='https://app.example')"


def test_repr_of_what_a_refresh_token_is_exchanged_for_holds_nothing_secret(house: House) -> None:
    house.account()
    app = Application(house)
    issued = app.exchange()
    refresh = house.flows.tokens.give.grants[GrantType.REFRESH_TOKEN]
    assert isinstance(refresh, RefreshGrant)

    found = refresh.look(Asked(app.client, {}, None, house.clock.now()), issued.refresh_token or "")

    assert repr(found) == f"Found(session_id='{app.session_of(issued).id}')"
