"""Every event that ends what an application may do, against everything that an application may hold. Class 29."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.oauth.errors import OAuthError
from doorward.core.oauth.grants.exchange_token import ACCESS_TOKEN
from doorward.core.oauth.grants.records import Issued
from doorward.core.oauth.tokens.userinfo import Shown
from doorward.core.sessions.records import EndReason
from tests.applications import REPORTS, SERVER, SPA, Application, another
from tests.house import OTHER_PASSWORD, PASSWORD, House

TOLD = "https://app.example/backchannel"


class Held:
    """Everything that an application holds, got before the event."""

    def __init__(self, app: Application, *, is_offline: bool = False) -> None:
        self.app = app
        self.house = app.house
        self.service = Application(app.house, another(SERVER, audiences=(REPORTS,)))
        scope = "openid profile email reports:read" + (" offline_access" if is_offline else "")
        self.code = app.code(scope=scope, is_offline=is_offline)
        self.issued = app.exchange(app.code(scope=scope, is_offline=is_offline))
        self.for_service = app.exchange(app.code(scope=scope, is_offline=is_offline, resources=(REPORTS,)))


def by_code(held: Held) -> Issued:
    return held.app.exchange(held.code)


def by_refresh_token(held: Held) -> Issued:
    return held.app.refresh(held.issued.refresh_token)


def by_userinfo(held: Held) -> object:
    return held.house.flows.tokens.userinfo(Shown(held.issued.access_token, is_bound=False, method="GET"))


def by_introspection(held: Held) -> object:
    return _active(held, held.for_service.access_token)


def by_introspecting_the_refresh_token(held: Held) -> object:
    told = held.app.introspected(held.issued.refresh_token or "")
    if told == {"active": False}:
        raise RuntimeError("it is inactive")
    return told


def by_token_exchange(held: Held) -> Issued:
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    token = held.for_service.access_token
    return held.service.ask(grant_type=grant, subject_token=token, subject_token_type=ACCESS_TOKEN)


def _active(held: Held, token: str) -> object:
    told = held.service.introspected(token)
    if told == {"active": False}:
        raise RuntimeError("it is inactive")
    return told


ARTEFACTS: Final[Mapping[str, Callable[[Held], object]]] = {
    "code": by_code,
    "refresh token": by_refresh_token,
    "access token at userinfo": by_userinfo,
    "access token at introspection": by_introspection,
    "refresh token at introspection": by_introspecting_the_refresh_token,
    "access token at the exchange": by_token_exchange,
}


def sign_out(held: Held) -> None:
    held.app.sign_out()


def sign_out_everywhere(held: Held) -> None:
    held.house.flows.end_all_sessions(held.app.account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE)


def change_the_password(held: Held) -> None:
    snapshot = held.house.flows.recognise.snapshots.load(held.app.browser)
    assert snapshot is not None
    held.house.flows.change_password(snapshot, PASSWORD, new_password=OTHER_PASSWORD)


def reset_the_password(held: Held) -> None:
    held.house.flows.forgot_password("margaret@mail.example")
    letter = held.house.deliver()[-1]
    held.house.flows.reset_password.by_link(letter.token or "", OTHER_PASSWORD, device_name="Firefox")


def disable_the_account(held: Held) -> None:
    held.house.flows.set_enabled("margaret", enabled=False)


def close_the_account(held: Held) -> None:
    held.house.flows.close_account(held.app.account_id)


def disable_the_client(held: Held) -> None:
    held.house.flows.clients.set_enabled(held.app.client.id, enabled=False)


def remove_the_client(held: Held) -> None:
    held.house.flows.clients.remove(held.app.client.id)


def take_the_consent_back(held: Held) -> None:
    held.house.flows.requests.revoke_application(held.app.account_id, held.app.client.id)


def let_the_browser_grow_old(held: Held) -> None:
    held.house.advance(timedelta(days=30))


EVENTS: Final[Mapping[str, Callable[[Held], None]]] = {
    "signing out": sign_out,
    "signing out everywhere": sign_out_everywhere,
    "changing the password": change_the_password,
    "resetting the password": reset_the_password,
    "disabling the account": disable_the_account,
    "closing the account": close_the_account,
    "disabling the client": disable_the_client,
    "removing the client": remove_the_client,
    "taking the consent back": take_the_consent_back,
    "age": let_the_browser_grow_old,
}


@pytest.fixture
def held(house: House) -> Held:
    house.account()
    return Held(Application(house, another(SPA, resources=(REPORTS,), backchannel_logout_uri=TOLD)))


def test_consent_that_is_taken_back_looks_for_what_was_granted_after_the_codes_are_gone(house: House) -> None:
    """Whoever redeems a code at this moment is waited for, and then seen."""
    house.account()
    app = Application(house, SPA)
    app.session_of(app.exchange())
    house.statements.clear()

    house.flows.requests.revoke_application(app.account_id, app.client.id)

    assert house.statements.index("onetimes.discard") < house.statements.index("grants.of_account")


@pytest.mark.parametrize("artefact", ARTEFACTS)
def test_artefact_works_before_anything_happens(held: Held, artefact: str) -> None:
    assert ARTEFACTS[artefact](held)


@pytest.mark.parametrize("artefact", ARTEFACTS)
@pytest.mark.parametrize("event", EVENTS)
def test_artefact_is_worthless_after(held: Held, event: str, artefact: str) -> None:
    EVENTS[event](held)

    with pytest.raises((OAuthError, RuntimeError)):
        ARTEFACTS[artefact](held)


@pytest.mark.parametrize("artefact", ARTEFACTS)
def test_artefact_of_an_offline_grant_outlives_signing_out_but_for_the_code(house: House, artefact: str) -> None:
    house.account()
    held = Held(Application(house, another(SPA, resources=(REPORTS,))), is_offline=True)

    sign_out(held)

    if artefact == "code":
        with pytest.raises(OAuthError):
            by_code(held)
    else:
        assert ARTEFACTS[artefact](held)


@pytest.mark.parametrize("event", [event for event in EVENTS if event not in ("age", "removing the client")])
def test_end_of_a_session_is_told_to_its_client(held: Held, event: str) -> None:
    EVENTS[event](held)
    held.house.deliver()

    told = [form["logout_token"] for uri, form in held.house.wire.posted if uri == TOLD]
    sessions = {held.house.flows.keyring.read_own(token, "logout+jwt")["sid"] for token in told}
    assert sessions == {held.app.session_of(held.issued).id, held.app.session_of(held.for_service).id}
    assert len(told) == len(sessions)


def test_end_by_revocation_and_by_reuse_are_told_too(held: Held) -> None:
    held.house.flows.tokens.revoke(held.app.client, held.for_service.refresh_token or "")
    held.app.refresh(held.issued.refresh_token)
    held.house.advance(timedelta(minutes=10))
    with pytest.raises(OAuthError):
        held.app.refresh(held.issued.refresh_token)

    held.house.deliver()

    assert len([uri for uri, _ in held.house.wire.posted if uri == TOLD]) == 2
