"""Who may ask for tokens of an API is not the API: it looks at nobody's tokens, exchanges and ends none."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.kernel.ids import ClientId
from doorward.core.kernel.pages import MAX_PAGE_SIZE
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Client, GrantType
from tests.applications import INVOICES, REPORTS, SERVER, SPA, Application, another, claims
from tests.builders import NOW
from tests.house import House

WHO_MAY_ASK = [
    pytest.param({"audiences": None}, id="nobody has said"),
    pytest.param({"audiences": ()}, id="for none"),
    pytest.param({"audiences": (INVOICES,)}, id="for another"),
    pytest.param({"audiences": (f"{REPORTS}/",)}, id="for one that reads alike"),
]


@pytest.fixture
def holder(house: House) -> Application:
    """Return the application whose tokens for the API an attacker has found."""
    house.account()
    return Application(house, another(SPA, resources=(REPORTS,)))


@pytest.fixture
def found(holder: Application) -> Issued:
    return holder.exchange(holder.code(resources=(REPORTS,)))


@pytest.fixture(params=WHO_MAY_ASK)
def thief(request: pytest.FixtureRequest, holder: Application) -> Application:
    """Return a client with a secret that may ask for tokens of the API, and may use every grant."""
    return Application(holder.house, another(SERVER, resources=(REPORTS, INVOICES), **request.param))


@pytest.fixture
def api(holder: Application) -> Application:
    """Return the API itself."""
    return Application(holder.house, another(SERVER, resources=(INVOICES,), audiences=(REPORTS,)))


def looked_at(asker: Application, token: str) -> Mapping[str, JsonValue]:
    """Return what somebody is told, read anew and from memory alike."""
    introspect = replace(
        asker.house.flows.tokens.introspect, snapshots=CachedSnapshots(asker.house.store.view, asker.house.clock)
    )
    read = introspect(asker.client, token)
    introspect.clients.remember(asker.client, introspect.clients.before_reading())
    assert introspect.at_once(asker.client, token) in (read, None)
    told: dict[str, JsonValue] = json.loads(read)
    return told


def exchanged(asker: Application, token: str, **more: str) -> Issued:
    grant = GrantType.TOKEN_EXCHANGE.value
    return asker.ask(grant_type=grant, subject_token=token, subject_token_type=ACCESS_TOKEN, **more)


@pytest.mark.requirement("I-01", "I-02")
def test_introspect_who_may_ask_for_tokens_of_an_api_is_told_nothing_of_those_of_others(
    thief: Application, found: Issued
) -> None:
    assert looked_at(thief, found.access_token) == {"active": False}
    assert looked_at(thief, found.refresh_token or "") == {"active": False}


@pytest.mark.requirement("A-10")
def test_exchange_who_may_ask_for_tokens_of_an_api_gets_nothing_for_those_of_others(
    thief: Application, found: Issued
) -> None:
    for wanted in ({}, {"resource": REPORTS}, {"resource": INVOICES}, {"audience": INVOICES}):
        with pytest.raises(OAuthError) as refused:
            exchanged(thief, found.access_token, **wanted)
        assert refused.value.error is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("R-02")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoke_who_may_ask_for_tokens_of_an_api_ends_none_of_others(
    thief: Application, holder: Application, found: Issued, kind: str
) -> None:
    with pytest.raises(OAuthError) as refused:
        thief.house.flows.tokens.revoke(thief.client, getattr(found, kind))

    assert refused.value.error is OAuthCode.INVALID_GRANT
    assert holder.is_live(found)


@pytest.mark.requirement("R-02")
def test_revoke_the_api_itself_ends_no_session_of_those_who_call_it(
    api: Application, holder: Application, found: Issued
) -> None:
    with pytest.raises(OAuthError) as refused:
        api.house.flows.tokens.revoke(api.client, found.access_token)

    assert refused.value.error is OAuthCode.INVALID_GRANT
    assert holder.is_live(found)


@pytest.mark.requirement("I-01")
def test_introspect_who_may_ask_is_told_of_its_own_tokens_as_before(thief: Application) -> None:
    own = thief.ask(grant_type="client_credentials", resource=REPORTS)

    assert looked_at(thief, own.access_token)["active"] is True


@pytest.mark.requirement("I-01", "A-10")
def test_the_api_looks_at_tokens_for_it_and_exchanges_them(api: Application, found: Issued) -> None:
    assert looked_at(api, found.access_token)["aud"] == REPORTS
    assert claims(exchanged(api, found.access_token, resource=INVOICES).access_token)["aud"] == INVOICES


@pytest.mark.requirement("A-08")
def test_being_an_api_is_no_leave_to_ask_for_its_tokens(api: Application) -> None:
    with pytest.raises(OAuthError) as refused:
        api.ask(grant_type="client_credentials", resource=REPORTS)

    assert refused.value.error is OAuthCode.INVALID_TARGET


def a_caller(**changes: object) -> Client:
    return replace(SERVER, **{"resources": (REPORTS,), **changes})  # type: ignore[arg-type]  # a test's own


def test_unsaid_clients_are_those_that_programs_before_would_take_for_the_api(house: House) -> None:
    unlike: tuple[dict[str, object], ...] = (
        {"audiences": ()},
        {"audiences": (REPORTS,)},
        {"resources": ()},
        {"authentication": SPA.authentication},
        {"disabled_at": NOW},
    )
    with house.store.work() as work:
        for number, changes in enumerate(unlike):
            work.clients.add(a_caller(id=ClientId(f"a-{number}"), **changes))
        for number in range(MAX_PAGE_SIZE):
            work.clients.add(replace(SPA, id=ClientId(f"b-{number:03}")))
        work.clients.add(a_caller(id=ClientId("c-unsaid")))
        work.clients.add(a_caller(id=ClientId("a-unsaid")))

    assert [client.id for client in house.flows.clients.unsaid()] == ["a-unsaid", "c-unsaid"]
