from datetime import timedelta

import pytest

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import ClientAuthentication, GrantType
from tests.applications import INVOICES, REPORTS, SERVER, USERINFO, Application, another, claims
from tests.house import House

GRANT = "client_credentials"


@pytest.fixture
def server(house: House) -> Application:
    house.account()
    return Application(house, SERVER)


def refused(app: Application, **parameters: str) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        app.ask(**({"grant_type": GRANT} | parameters))
    return raised.value.error


@pytest.mark.requirement("O-15", "J-19", "S-08")
def test_client_credentials_token_is_the_clients_own(server: Application) -> None:
    issued = server.ask(grant_type=GRANT)

    token = claims(issued.access_token)
    assert (token["sub"], token["client_id"], token["aud"]) == (SERVER.id, SERVER.id, REPORTS)
    assert (issued.refresh_token, issued.id_token, issued.expires_in) == (None, None, timedelta(minutes=5))
    assert {"sid", "auth_time", "roles", "acr"}.isdisjoint(token)


@pytest.mark.requirement("O-11", "J-19")
def test_client_credentials_scope_and_resource_are_those_asked_for(server: Application) -> None:
    issued = server.ask(grant_type=GRANT, scope="reports:read", resource=INVOICES)

    token = claims(issued.access_token)
    assert (issued.scope, token["scope"], token["aud"]) == ("reports:read", "reports:read", INVOICES)


def test_client_credentials_without_resources_is_for_no_resource_server(house: House) -> None:
    house.account()
    app = Application(house, another(SERVER, resources=()))

    assert claims(app.ask(grant_type=GRANT).access_token)["aud"] == USERINFO


@pytest.mark.parametrize("scope", ["openid", "offline_access", "profile", "account", "operate", "other"])
def test_client_credentials_scope_about_people_is_refused(server: Application, scope: str) -> None:
    assert refused(server, scope=scope) is OAuthCode.INVALID_SCOPE


@pytest.mark.requirement("A-08")
def test_client_credentials_resource_that_is_not_registered_is_refused(server: Application) -> None:
    assert refused(server, resource="https://other.example") is OAuthCode.INVALID_TARGET


@pytest.mark.requirement("O-15")
def test_client_credentials_public_client_is_refused(house: House) -> None:
    house.account()
    app = Application(house, another(SERVER, authentication=ClientAuthentication.NONE))

    assert refused(app) is OAuthCode.UNAUTHORIZED_CLIENT


def test_client_credentials_client_without_the_grant_is_refused(house: House) -> None:
    house.account()
    app = Application(house, another(SERVER, grants=(GrantType.AUTHORIZATION_CODE,)))

    assert refused(app) is OAuthCode.UNAUTHORIZED_CLIENT


@pytest.mark.requirement("S-06")
@pytest.mark.parametrize(
    "grant",
    ["password", "implicit", "PASSWORD", "client_credentials ", "urn:ietf:params:oauth:grant-type:saml2-bearer"],
)
def test_token_grant_that_does_not_exist_here_is_refused(server: Application, grant: str) -> None:
    assert refused(server, grant_type=grant, username="margaret", password="x") is OAuthCode.UNSUPPORTED_GRANT_TYPE


def test_token_without_a_grant_is_refused(server: Application) -> None:
    with pytest.raises(OAuthError) as raised:
        server.ask(code="x")

    assert raised.value.error is OAuthCode.INVALID_REQUEST


@pytest.mark.parametrize(
    "grant", ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"]
)
def test_token_grant_without_what_it_needs_is_refused(server: Application, grant: str) -> None:
    assert refused(server, grant_type=grant) is OAuthCode.INVALID_REQUEST
