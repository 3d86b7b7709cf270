from datetime import timedelta

import pytest

from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.records import Consent, GrantType
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import EndReason, Kind
from tests.applications import INVOICES, REPORTS, SCOPE, SERVER, SPA, USERINFO, Application, another, claims
from tests.builders import ISSUER, NOW
from tests.house import HOME, House
from tests.proofs import Holder

TOKEN_URL = f"{ISSUER}/oauth/token"


@pytest.fixture
def spa(house: House) -> Application:
    house.account()
    return Application(house)


def refused(app: Application, token: str | None, **more: str) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        app.refresh(token, **more)
    return raised.value.error


def advance(app: Application, duration: timedelta) -> None:
    app.house.advance(duration)


@pytest.mark.requirement("O-18", "S-04")
def test_refresh_gives_the_next_tokens_of_the_same_session(spa: Application) -> None:
    first = spa.exchange()

    second = spa.refresh(first.refresh_token)

    assert second.refresh_token not in (None, first.refresh_token)
    assert claims(second.access_token)["sid"] == claims(first.access_token)["sid"]
    assert second.scope == first.scope


def test_refresh_id_token_says_the_same_of_the_sign_in_without_the_nonce(spa: Application) -> None:
    first = spa.exchange()
    advance(spa, timedelta(minutes=4))

    second = spa.refresh(first.refresh_token)

    before, now = claims(first.id_token or ""), claims(second.id_token or "")
    assert [now[name] for name in ("iss", "sub", "aud", "auth_time", "sid")] == [
        before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")
    ]
    assert "nonce" not in now


@pytest.mark.requirement("O-18")
def test_refresh_narrower_scope_narrows_the_access_token_alone(spa: Application) -> None:
    narrow = spa.refresh(spa.exchange().refresh_token, scope="openid")

    whole = spa.refresh(narrow.refresh_token)

    assert (narrow.scope, claims(narrow.access_token)["scope"], whole.scope) == ("openid", "openid", SCOPE)


@pytest.mark.requirement("O-18")
@pytest.mark.parametrize("scope", ["openid admin", "offline_access", "operate"])
def test_refresh_wider_scope_is_refused_and_uses_nothing_up(spa: Application, scope: str) -> None:
    issued = spa.exchange()

    assert refused(spa, issued.refresh_token, scope=scope) is OAuthCode.INVALID_SCOPE
    assert spa.refresh(issued.refresh_token).access_token


@pytest.mark.requirement("A-08")
def test_refresh_resource_may_only_narrow(house: House) -> None:
    house.account()
    app = Application(house, SERVER)
    issued = app.exchange(app.code(resources=(REPORTS, INVOICES)), resource=REPORTS)

    assert refused(app, issued.refresh_token, resource="https://other.example") is OAuthCode.INVALID_TARGET
    assert refused(app, issued.refresh_token) is OAuthCode.INVALID_TARGET
    assert claims(app.refresh(issued.refresh_token, resource=INVOICES).access_token)["aud"] == INVOICES


def test_refresh_within_the_overlap_leads_to_the_same_successor(spa: Application) -> None:
    first = spa.exchange()

    once, twice = spa.refresh(first.refresh_token), spa.refresh(first.refresh_token)

    assert once.refresh_token == twice.refresh_token


@pytest.mark.requirement("S-04", "R-01")
def test_refresh_token_used_before_ends_the_session(spa: Application) -> None:
    first = spa.exchange()
    second = spa.refresh(first.refresh_token)
    advance(spa, timedelta(minutes=10))

    assert refused(spa, first.refresh_token) is OAuthCode.INVALID_GRANT
    assert spa.session_of(second).end_reason is EndReason.REUSE_DETECTED
    assert refused(spa, second.refresh_token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("O-10", "O-18")
def test_refresh_by_another_client_is_refused_and_ends_nothing(spa: Application) -> None:  # class 4
    thief, issued = Application(spa.house, SERVER), spa.exchange()

    assert refused(thief, issued.refresh_token) is OAuthCode.INVALID_GRANT
    assert spa.refresh(issued.refresh_token).access_token


def test_refresh_spent_token_by_another_client_ends_nothing(spa: Application) -> None:  # class 4
    thief, first = Application(spa.house, SERVER), spa.exchange()
    second = spa.refresh(first.refresh_token)
    advance(spa, timedelta(minutes=10))

    assert refused(thief, first.refresh_token) is OAuthCode.INVALID_GRANT
    assert spa.is_live(second)


@pytest.mark.requirement("A-13")
@pytest.mark.parametrize("name", ["thief", None])
def test_refresh_public_client_without_its_key_is_refused(spa: Application, name: str | None) -> None:
    issued = spa.exchange(proof=proof_of(spa, Holder()))

    with pytest.raises(OAuthError) as raised:
        spa.refresh(issued.refresh_token, proof=proof_of(spa, Holder(name)) if name else None)

    assert raised.value.error is OAuthCode.INVALID_GRANT
    assert spa.refresh(issued.refresh_token, proof=proof_of(spa, Holder())).token_type == "DPoP"


@pytest.mark.requirement("A-13")
def test_refresh_confidential_client_may_change_its_key(house: House) -> None:
    house.account()
    app = Application(house, SERVER)
    issued = app.exchange(proof=proof_of(app, Holder("one")))

    again = app.refresh(issued.refresh_token, proof=proof_of(app, Holder("two")))

    assert claims(again.access_token)["cnf"] == {"jkt": Holder("two").thumbprint}


@pytest.mark.parametrize("kind", [Kind.WEB, Kind.MOBILE])
@pytest.mark.requirement("J-09")
def test_refresh_token_of_our_own_sessions_is_refused(spa: Application, kind: Kind) -> None:
    own = spa.house.sign_in(kind=kind)

    assert refused(spa, own.refresh_token) is OAuthCode.INVALID_GRANT
    assert spa.house.flows.refresh(own.refresh_token, kind, caller=HOME).refresh_token


@pytest.mark.requirement("J-09")
def test_refresh_token_of_a_client_does_not_refresh_our_own_sessions(spa: Application) -> None:
    issued = spa.exchange()

    for kind in (Kind.WEB, Kind.MOBILE):
        with pytest.raises(RefreshRefused):
            spa.house.flows.refresh(issued.refresh_token or "", kind, caller=HOME)

    assert spa.refresh(issued.refresh_token).access_token


def test_refresh_session_dies_of_idleness(spa: Application) -> None:
    issued = spa.exchange(spa.code(scope="openid offline_access", is_offline=True))
    advance(spa, timedelta(days=14))

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


def test_refresh_session_dies_of_age_however_often_it_is_used(spa: Application) -> None:
    issued: Issued = spa.exchange(spa.code(scope="openid offline_access", is_offline=True))
    for _ in range(3):
        advance(spa, timedelta(days=9, hours=23))
        issued = spa.refresh(issued.refresh_token)
    advance(spa, timedelta(days=1))

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


def test_refresh_browser_that_was_not_seen_for_long_takes_the_session_with_it(spa: Application) -> None:
    issued = spa.exchange()
    advance(spa, timedelta(days=13))
    issued = spa.refresh(issued.refresh_token)
    advance(spa, timedelta(days=2))

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("S-12")
def test_refresh_consent_that_was_taken_back_is_refused(spa: Application) -> None:
    issued = spa.exchange()
    with spa.house.store.work() as work:
        work.consents.remove(spa.account_id, spa.client.id)

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


def test_refresh_consent_that_was_narrowed_is_refused(spa: Application) -> None:
    issued = spa.exchange()
    with spa.house.store.work() as work:
        work.consents.put(Consent(spa.account_id, spa.client.id, "openid", NOW))

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


def test_refresh_first_party_client_needs_no_consent(house: House) -> None:
    house.account()
    app = Application(house, another(SPA, is_first_party=True), consents=False)

    assert app.refresh(app.exchange().refresh_token).access_token


def test_refresh_third_party_client_without_consent_gets_nothing_to_refresh(house: House) -> None:
    house.account()
    app = Application(house, another(SPA), consents=False)

    with pytest.raises(OAuthError):
        app.exchange()


def test_refresh_client_that_lost_the_grant_is_refused(spa: Application) -> None:
    issued = spa.exchange()
    spa.client = another(spa.client, grants=(GrantType.AUTHORIZATION_CODE,))

    assert refused(spa, issued.refresh_token) is OAuthCode.UNAUTHORIZED_CLIENT


def test_refresh_session_without_a_grant_is_refused(spa: Application) -> None:
    issued = spa.exchange()
    with spa.house.store.work() as work:
        work.grants.remove(SessionId(str(claims(issued.access_token)["sid"])))

    assert refused(spa, issued.refresh_token) is OAuthCode.INVALID_GRANT


def test_refresh_roles_are_those_of_now(house: House) -> None:
    house.account()
    app = Application(house, another(SPA, is_first_party=True))
    issued = app.exchange()
    house.flows.set_role("margaret", "clerk", granted=True)

    again = app.refresh(issued.refresh_token)

    assert "roles" not in claims(issued.access_token)
    assert claims(again.access_token)["roles"] == ["clerk"]


def proof_of(app: Application, holder: Holder) -> str:
    now = app.house.clock.now()
    return holder.proof("POST", TOKEN_URL, now, nonce=app.house.tools.nonces.current(now))


def test_refresh_default_audience_is_that_of_userinfo(spa: Application) -> None:
    assert claims(spa.refresh(spa.exchange().refresh_token).access_token)["aud"] == USERINFO
