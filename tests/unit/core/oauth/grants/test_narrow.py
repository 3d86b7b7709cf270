"""Authorization details in a request for tokens: every grant gives a part of what was granted, and never more."""

import json
from collections.abc import Callable

import pytest

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import GrantType
from tests.applications import OTHER_VERIFIER, REPORTS, SCOPE, SERVER, SPA, Application, another, claims
from tests.builders import CALLBACK
from tests.devices import Television
from tests.house import House

FILES: dict[str, JsonValue] = {"type": "files", "actions": ["read", "write"], "identifier": "home"}
TRANSFER: dict[str, JsonValue] = {"type": "transfer", "amount": 12}
READING: dict[str, JsonValue] = {**FILES, "actions": ["read"]}
GRANTED = json.dumps([FILES, TRANSFER])
READ, DELETE = json.dumps([READING]), json.dumps([{**FILES, "actions": ["delete"]}])
MORE = [DELETE, json.dumps([TRANSFER, TRANSFER]), '[{"type":"files"}]', '[{"type":"unknown"}]', "[]", "no JSON"]


@pytest.fixture
def app(house: House) -> Application:
    house.account()
    return Application(house, another(SPA, resources=(REPORTS,)))


def told(app: Application, issued: Issued) -> object:
    """Return the details that stand in an access token, which the answer and the one who looks at it are told too."""
    in_token = claims(issued.access_token).get("authorization_details")
    looked_at = app.introspected(issued.access_token)
    in_answer = None if issued.details is None else json.loads(issued.details)
    assert (in_answer, looked_at.get("authorization_details")) == (in_token, in_token)
    return in_token


def refused(ask: Callable[[], object]) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        ask()
    return raised.value.error


@pytest.mark.requirement("A-18")
def test_exchange_code_details_narrow_the_first_token_and_not_the_grant(app: Application) -> None:
    first = app.exchange(app.code(details=GRANTED), authorization_details=READ)

    second = app.refresh(first.refresh_token)

    assert (told(app, first), told(app, second)) == ([READING], [FILES, TRANSFER])
    refresh_token = app.introspected(second.refresh_token or "")
    assert refresh_token["authorization_details"] == [FILES, TRANSFER]


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("presented", MORE)
def test_exchange_code_for_more_is_refused_and_uses_nothing_up(app: Application, presented: str) -> None:
    code = app.code(details=GRANTED)

    assert refused(lambda: app.exchange(code, authorization_details=presented)) is OAuthCode.INVALID_DETAILS
    assert told(app, app.exchange(code)) == [FILES, TRANSFER]


@pytest.mark.requirement("A-18", "P-05")
@pytest.mark.parametrize("presented", [READ, DELETE], ids=["granted", "not granted"])
def test_exchange_code_without_its_proof_tells_nothing_of_what_was_granted(app: Application, presented: str) -> None:
    code = app.code(details=GRANTED)

    stolen = refused(lambda: app.exchange(code, code_verifier=OTHER_VERIFIER, authorization_details=presented))

    assert stolen is OAuthCode.INVALID_GRANT
    assert refused(lambda: app.exchange(code)) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-18", "P-05")
def test_exchange_code_without_its_proof_tells_nothing_of_its_resources(app: Application) -> None:
    code = app.code()

    stolen = refused(lambda: app.exchange(code, redirect_uri=f"{CALLBACK}/other", resource=REPORTS))

    assert stolen is OAuthCode.INVALID_GRANT
    assert refused(lambda: app.exchange(code)) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-18", "O-18")
def test_refresh_details_narrow_the_access_token_alone(app: Application) -> None:
    narrow = app.refresh(app.exchange(app.code(details=GRANTED)).refresh_token, authorization_details=READ)

    whole = app.refresh(narrow.refresh_token)

    assert (told(app, narrow), told(app, whole)) == ([READING], [FILES, TRANSFER])


@pytest.mark.requirement("A-18", "O-18")
@pytest.mark.parametrize("presented", MORE)
def test_refresh_for_more_is_refused_and_uses_nothing_up(app: Application, presented: str) -> None:
    issued = app.exchange(app.code(details=GRANTED))

    wrong = refused(lambda: app.refresh(issued.refresh_token, authorization_details=presented))

    assert wrong is OAuthCode.INVALID_DETAILS
    assert app.refresh(issued.refresh_token).refresh_token == app.refresh(issued.refresh_token).refresh_token


@pytest.mark.requirement("A-18")
def test_refresh_after_a_narrow_one_may_ask_for_another_part(app: Application) -> None:
    narrow = app.refresh(app.exchange(app.code(details=GRANTED)).refresh_token, authorization_details=READ)

    other = app.refresh(narrow.refresh_token, authorization_details=json.dumps([TRANSFER]))

    assert told(app, other) == [TRANSFER]


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("ask", ["code", "refresh"])
def test_details_of_which_none_were_granted_are_more(app: Application, ask: str) -> None:
    code = app.code()
    token = app.exchange().refresh_token
    asks: dict[str, Callable[[], Issued]] = {
        "code": lambda: app.exchange(code, authorization_details=READ),
        "refresh": lambda: app.refresh(token, authorization_details=READ),
    }

    assert refused(asks[ask]) is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18")
@pytest.mark.parametrize("presented", [*MORE, READ, GRANTED])
def test_client_credentials_details_are_never_granted(house: House, presented: str) -> None:
    house.account()
    server = Application(house, SERVER)

    asked = refused(lambda: server.ask(grant_type="client_credentials", authorization_details=presented))

    assert asked is OAuthCode.INVALID_DETAILS


@pytest.mark.requirement("A-18", "A-09")
def test_device_code_details_narrow_as_those_of_a_code(house: House) -> None:
    house.account()
    tv = Television(house, values={"scope": (SCOPE,), "authorization_details": (GRANTED,)}).allow()

    assert tv.told(authorization_details=DELETE) is OAuthCode.INVALID_DETAILS
    first = tv.poll(authorization_details=READ)

    assert (told(tv.app, first), told(tv.app, tv.app.refresh(first.refresh_token))) == ([READING], [FILES, TRANSFER])


@pytest.mark.requirement("A-18", "A-10")
def test_exchange_token_details_go_along_when_they_are_named_and_no_further(app: Application) -> None:
    service = Application(app.house, another(SERVER, audiences=(REPORTS,)))
    subject = app.exchange(app.code(details=GRANTED, resources=(REPORTS,)), authorization_details=READ)

    def exchange(**more: str) -> Issued:
        sent = {"subject_token": subject.access_token, "subject_token_type": ACCESS_TOKEN}
        return service.ask(grant_type=GrantType.TOKEN_EXCHANGE.value, **sent, **more)

    assert told(service, exchange()) is None
    assert told(service, exchange(authorization_details=READ)) == [READING]
    assert refused(lambda: exchange(authorization_details=GRANTED)) is OAuthCode.INVALID_DETAILS
    assert refused(lambda: exchange(authorization_details=DELETE)) is OAuthCode.INVALID_DETAILS
