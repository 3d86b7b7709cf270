from datetime import timedelta

import pytest

from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import ClientAuthentication, GrantType
from doorward.core.sessions.records import Kind
from tests.applications import INVOICES, REPORTS, SERVER, SPA, USERINFO, Application, another, claims
from tests.builders import ISSUER
from tests.house import House
from tests.proofs import Holder

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
SERVICE = another(SERVER, scopes=("reports:read", "invoices:read"), resources=(INVOICES,), audiences=(REPORTS,))


@pytest.fixture
def caller(house: House) -> Application:
    """Return an application that calls the service with somebody's token."""
    house.account()
    return Application(house, another(SPA, resources=(REPORTS,)))


@pytest.fixture
def service(caller: Application) -> Application:
    return Application(caller.house, SERVICE)


def presented(caller: Application, **changes: object) -> Issued:
    return caller.exchange(caller.code(resources=(REPORTS,), **changes))


def exchange(service: Application, token: str, **more: str) -> Issued:
    sent = {"grant_type": GRANT, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
    return service.ask(**(sent | more))


def refused(service: Application, token: str, **more: str) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        exchange(service, token, **more)
    return raised.value.error


@pytest.mark.requirement("A-10")
def test_exchange_token_gives_one_for_the_next_service_in_the_same_session(
    caller: Application, service: Application
) -> None:
    subject = presented(caller)

    issued = exchange(service, subject.access_token, resource=INVOICES)

    before, after = claims(subject.access_token), claims(issued.access_token)
    assert (after["aud"], after["client_id"], after["act"]) == (INVOICES, SERVICE.id, {"sub": SERVICE.id})
    assert (after["sub"], after["sid"]) == (before["sub"], before["sid"])
    assert (issued.issued_token_type, issued.refresh_token, issued.id_token) == (ACCESS_TOKEN, None, None)


@pytest.mark.requirement("A-10")
def test_exchange_token_never_widens_the_scope(caller: Application, service: Application) -> None:
    token = presented(caller).access_token

    assert exchange(service, token, resource=INVOICES).scope == "reports:read"
    assert refused(service, token, scope="invoices:read") is OAuthCode.INVALID_SCOPE
    assert refused(service, token, scope="openid") is OAuthCode.INVALID_SCOPE


@pytest.mark.requirement("A-10")
def test_exchange_token_never_lives_longer(caller: Application, service: Application) -> None:
    subject = presented(caller)
    caller.house.advance(timedelta(minutes=4))

    issued = exchange(service, subject.access_token)

    assert claims(issued.access_token)["exp"] == claims(subject.access_token)["exp"]


@pytest.mark.requirement("A-10")
def test_exchange_token_that_is_over_is_refused(caller: Application, service: Application) -> None:
    token = presented(caller).access_token
    caller.house.advance(timedelta(minutes=5))

    assert refused(service, token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-10")
@pytest.mark.parametrize("name", ["resource", "audience"])
def test_exchange_token_for_a_resource_of_others_is_refused(
    caller: Application, service: Application, name: str
) -> None:
    token = presented(caller).access_token

    assert refused(service, token, **{name: "https://other.example"}) is OAuthCode.INVALID_TARGET
    assert refused(service, token, resource=REPORTS, audience=INVOICES) is OAuthCode.INVALID_TARGET


@pytest.mark.requirement("A-10")
def test_exchange_token_that_was_meant_for_others_is_refused(caller: Application, service: Application) -> None:
    assert claims(caller.exchange().access_token)["aud"] == USERINFO
    assert refused(service, caller.exchange().access_token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-10")
def test_exchange_token_is_off_where_it_was_not_switched_on(caller: Application) -> None:
    plain = Application(caller.house, another(SERVICE, grants=(GrantType.CLIENT_CREDENTIALS,)))

    assert refused(plain, presented(caller).access_token) is OAuthCode.UNAUTHORIZED_CLIENT


@pytest.mark.requirement("A-10")
def test_exchange_token_by_a_client_that_cannot_prove_itself_is_refused(caller: Application) -> None:
    public = Application(caller.house, another(SERVICE, authentication=ClientAuthentication.NONE))

    assert refused(public, presented(caller).access_token) is OAuthCode.UNAUTHORIZED_CLIENT


@pytest.mark.requirement("A-10")
def test_exchange_token_of_a_session_that_ended_is_refused(caller: Application, service: Application) -> None:
    token = presented(caller).access_token
    caller.sign_out()

    assert refused(service, token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-10")
def test_exchange_token_that_was_exchanged_already_is_refused(caller: Application, service: Application) -> None:
    once = exchange(service, presented(caller).access_token, resource=INVOICES)

    assert refused(service, once.access_token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-10", "J-09")
def test_exchange_token_of_another_kind_is_refused(caller: Application, service: Application) -> None:
    issued, own = presented(caller), caller.house.sign_in(kind=Kind.MOBILE)
    others = [issued.id_token, issued.refresh_token, caller.code(), own.access_token, own.refresh_token]
    other = Application(caller.house, another(SERVER, resources=(REPORTS,)))
    of_itself = other.ask(grant_type="client_credentials").access_token

    assert {refused(service, token or "") for token in (*others, of_itself)} == {OAuthCode.INVALID_GRANT}


@pytest.mark.requirement("A-10")
@pytest.mark.parametrize(
    "more",
    [
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": "x"},
        {"actor_token_type": ACCESS_TOKEN},
    ],
    ids=str,
)
def test_exchange_token_for_another_kind_is_refused(
    caller: Application, service: Application, more: dict[str, str]
) -> None:
    assert refused(service, presented(caller).access_token, **more) is OAuthCode.INVALID_REQUEST


@pytest.mark.requirement("A-10", "A-14")
def test_exchange_token_that_is_bound_needs_a_proof(caller: Application, service: Application) -> None:
    now = caller.house.clock.now()
    nonce = caller.house.tools.nonces.current(now)
    url = f"{ISSUER}/oauth/token"
    subject = caller.exchange(caller.code(resources=(REPORTS,)), proof=Holder().proof("POST", url, now, nonce=nonce))
    sent = {"grant_type": GRANT, "subject_token": subject.access_token, "subject_token_type": ACCESS_TOKEN}

    bound = service.ask(proof=Holder("service").proof("POST", url, now, nonce=nonce), **sent)

    assert claims(bound.access_token)["cnf"] == {"jkt": Holder("service").thumbprint}
    assert refused(service, subject.access_token) is OAuthCode.INVALID_GRANT
