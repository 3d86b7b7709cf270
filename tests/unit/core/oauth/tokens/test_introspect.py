import json
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.kernel import secrets
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.records import Consent
from doorward.core.oauth.tokens.introspect import INACTIVE, MOST_WRITTEN, Introspect
from doorward.core.sessions.records import EndReason
from tests.applications import REPORTS, SCOPE, SERVER, SPA, Application, another, claims
from tests.builders import ISSUER, NOW
from tests.house import House
from tests.proofs import Holder

TOKEN_URL = f"{ISSUER}/oauth/token"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@pytest.fixture
def app(house: House) -> Application:
    house.account()
    return Application(house, another(SPA, scopes=(*SPA.scopes, "roles"), resources=(REPORTS,)))


@pytest.fixture
def service(app: Application) -> Application:
    return Application(app.house, another(SERVER, audiences=(REPORTS,)))


def remembering(house: House) -> Introspect:
    """Return a flow that has what it read at hand."""
    return replace(house.flows.tokens.introspect, snapshots=CachedSnapshots(house.store.view, house.clock))


@pytest.mark.requirement("I-01")
def test_introspect_tells_how_and_when_somebody_signed_in_and_what_they_are(
    app: Application, service: Application
) -> None:
    app.house.flows.set_role("margaret", "operator", granted=True)
    scope = f"{SCOPE} roles"
    with app.house.store.work() as work:
        work.consents.put(Consent(app.account_id, app.client.id, scope, NOW))
    token = app.exchange(app.code(resources=(REPORTS,), acr="urn:example:strong", scope=scope)).access_token

    answer = service.introspected(token)

    assert (answer["acr"], answer["roles"]) == ("urn:example:strong", ["operator"])
    assert "amr" not in answer
    assert answer["auth_time"] == claims(token)["auth_time"]


@pytest.mark.requirement("I-01")
def test_introspect_tells_by_what_the_person_signed_in(app: Application, service: Application) -> None:
    token = app.exchange(app.code(resources=(REPORTS,), amr=("pwd", "otp"))).access_token

    assert service.introspected(token)["amr"] == ["pwd", "otp"]


@pytest.mark.requirement("I-01")
def test_introspect_of_a_plain_token_tells_of_no_key_no_role_and_nobody_between(
    app: Application, service: Application
) -> None:
    answer = service.introspected(app.exchange(app.code(resources=(REPORTS,))).access_token)

    assert {"acr", "roles", "cnf", "act"}.isdisjoint(answer)
    assert answer["token_type"] == "Bearer"


@pytest.mark.requirement("I-01", "A-14")
def test_introspect_of_a_bound_token_tells_of_its_key(app: Application, service: Application) -> None:
    holder, now = Holder(), app.house.clock.now()
    proof = holder.proof("POST", TOKEN_URL, now, nonce=app.house.tools.nonces.current(now))
    token = app.exchange(app.code(resources=(REPORTS,)), proof=proof).access_token

    answer = service.introspected(token)

    assert (answer["token_type"], answer["cnf"]) == ("DPoP", {"jkt": holder.thumbprint})


@pytest.mark.requirement("I-01", "A-10")
def test_introspect_of_an_exchanged_token_tells_who_acts(app: Application, service: Application) -> None:
    subject = app.exchange(app.code(resources=(REPORTS,))).access_token
    token = service.ask(grant_type=EXCHANGE, subject_token=subject, subject_token_type=ACCESS_TOKEN).access_token

    assert service.introspected(token)["act"] == {"sub": service.client.id}


@pytest.mark.requirement("I-03")
def test_introspect_refresh_token_of_this_generation_from_before_a_restore_is_inactive(app: Application) -> None:
    issued = app.exchange()
    session = app.session_of(issued)
    other = app.house.tools.refresh_tokens.close(
        session.id, session.generation, secrets.random_bytes(secrets.SECRET_BYTES)
    )

    assert app.introspected(issued.refresh_token or "")["active"]
    assert app.introspected(other) == {"active": False}


def test_introspect_at_once_is_none_until_somebody_has_read_it(app: Application, service: Application) -> None:
    introspect = remembering(app.house)
    token = app.exchange(app.code(resources=(REPORTS,))).access_token

    before = introspect.at_once(service.client, token)
    read = introspect(service.client, token)
    after = introspect.at_once(service.client, token)

    assert before is None
    assert json.loads(read)["active"]
    assert after == read


def test_introspect_at_once_tells_others_nothing_and_never_of_a_refresh_token(
    app: Application, service: Application
) -> None:
    introspect, issued = remembering(app.house), app.exchange()
    introspect(app.client, issued.access_token)

    assert introspect.at_once(service.client, issued.access_token) == INACTIVE
    assert introspect.at_once(service.client, "x") == INACTIVE
    assert introspect.at_once(app.client, issued.refresh_token or "") is None


@pytest.mark.requirement("I-03")
def test_introspect_at_once_session_that_ended_is_inactive_as_soon_as_that_is_heard(
    app: Application, service: Application
) -> None:
    introspect = remembering(app.house)
    assert isinstance(introspect.snapshots, CachedSnapshots)
    token = app.exchange(app.code(resources=(REPORTS,))).access_token
    introspect(service.client, token)
    app.house.flows.end_all_sessions(app.account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)
    introspect.snapshots.forget([app.account_id])

    assert introspect.at_once(service.client, token) is None
    assert introspect(service.client, token) == INACTIVE
    assert introspect.at_once(service.client, token) == INACTIVE


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("taken", ["operator", "editor"])
def test_introspect_role_that_was_taken_away_makes_the_tokens_that_name_it_inactive(
    app: Application, service: Application, taken: str
) -> None:
    introspect = remembering(app.house)
    assert isinstance(introspect.snapshots, CachedSnapshots)
    app.house.flows.set_role("margaret", "operator", granted=True)
    scope = f"{SCOPE} roles"
    with app.house.store.work() as work:
        work.consents.put(Consent(app.account_id, app.client.id, scope, NOW))
    token = app.exchange(app.code(resources=(REPORTS,), scope=scope)).access_token
    app.house.flows.set_role("margaret", "editor", granted=True)
    introspect.snapshots.forget([app.account_id])
    introspect(service.client, token)

    app.house.flows.set_role("margaret", taken, granted=False)
    introspect.snapshots.forget([app.account_id])

    assert (introspect(service.client, token) == INACTIVE) is (taken == "operator")
    assert (introspect.at_once(service.client, token) == INACTIVE) is (taken == "operator")


@pytest.mark.requirement("I-03")
def test_introspect_what_was_said_before_is_not_said_again_once_the_token_is_over(
    app: Application, service: Application
) -> None:
    introspect = remembering(app.house)
    token = app.exchange(app.code(resources=(REPORTS,))).access_token
    said = [introspect(service.client, token), introspect.at_once(service.client, token)]

    app.house.clock.pause(timedelta(minutes=5))

    assert said[0] == said[1] != INACTIVE
    assert introspect(service.client, token) == INACTIVE


def test_introspect_tells_of_each_token_alone_and_remembers_no_more_than_so_many(
    app: Application, service: Application
) -> None:
    introspect = remembering(app.house)
    tokens = [app.exchange(app.code(resources=(REPORTS,))).access_token for _ in range(3)]
    for number in range(MOST_WRITTEN):
        introspect._written[str(number)] = b"another's"

    twice = [[json.loads(introspect(service.client, token))["jti"] for token in tokens] for _ in range(2)]

    assert twice == [[claims(token)["jti"] for token in tokens]] * 2
    assert len(introspect._written) == len(tokens)
