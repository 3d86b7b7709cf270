from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.gateways.admit import AdmitPerson, AdmitToken
from doorward.core.oauth.gateways.errors import HostForbidden, ScopeMissing
from doorward.core.oauth.gateways.records import Identity
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import EndReason, Kind, Remembered
from tests.applications import SERVER, SPA, Application, another
from tests.builders import an_access_token
from tests.house import House
from tests.unit.core.oauth.gateways.conftest import APP, OWN, VAULT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def application(gate: House) -> Application:
    return Application(gate, another(SPA, resources=(APP.audience, VAULT.audience)))


@pytest.fixture
def remembered(gate: House) -> Remembered:
    return gate.sign_in()


def remembering(gate: House) -> tuple[AdmitPerson, AdmitToken]:
    """Return both with a memory for what was read."""
    snapshots = CachedSnapshots(gate.store.view, gate.clock, bound=MINUTE)
    person, token = gate.flows.gateways.admit_person, gate.flows.gateways.admit_token
    recognise = replace(person.recognise, snapshots=snapshots)
    return replace(person, recognise=recognise), replace(token, snapshots=snapshots)


def page_token(gate: House, remembered: Remembered) -> str:
    return gate.flows.recognise.page_token(remembered)


def host_token(gate: House, remembered: Remembered, origin: str = APP.origin) -> str:
    later = gate.clock.now() + MINUTE
    return gate.flows.gateways.enter.tokens.close(remembered.session_id, origin=origin, expires_at=later)


def test_person_is_known_on_the_own_host_by_the_pages_and_elsewhere_by_the_hosts_token(
    gate: House, remembered: Remembered
) -> None:
    admit = gate.flows.gateways.admit_person

    own = admit(OWN, page_token(gate, remembered))
    app = admit(APP, host_token(gate, remembered))

    assert own == app
    assert (own.username, own.session_id) == ("margaret", remembered.session_id)


def test_person_is_not_known_by_the_other_hosts_token(gate: House, remembered: Remembered) -> None:
    admit = gate.flows.gateways.admit_person

    for host, presented in (
        (APP, page_token(gate, remembered)),
        (OWN, host_token(gate, remembered)),
        (OWN, host_token(gate, remembered, OWN.origin)),
        (VAULT, host_token(gate, remembered)),
        (OWN, remembered.access_token),
        (OWN, remembered.refresh_token),
    ):
        with pytest.raises(NotSignedIn):
            admit(host, presented)
        with pytest.raises(NotSignedIn):
            admit.at_once(host, presented)


def test_person_of_an_apps_session_is_not_known(gate: House) -> None:
    remembered = gate.sign_in(kind=Kind.MOBILE)

    with pytest.raises(NotSignedIn):
        gate.flows.gateways.admit_person(APP, host_token(gate, remembered))


def test_person_whose_session_ended_is_not_known(gate: House, remembered: Remembered) -> None:
    admit, own, app = gate.flows.gateways.admit_person, page_token(gate, remembered), host_token(gate, remembered)
    gate.flows.end_session(remembered.profile.id, remembered.session_id, reason=EndReason.SIGNED_OUT)

    for host, presented in ((OWN, own), (APP, app)):
        with pytest.raises(NotSignedIn):
            admit(host, presented)


def test_person_is_at_hand_once_read(gate: House, remembered: Remembered) -> None:
    admit, _ = remembering(gate)
    presented = page_token(gate, remembered)
    assert admit.at_once(OWN, presented) is None

    read = admit(OWN, presented)
    before = len(gate.statements)

    assert admit.at_once(OWN, presented) == read
    assert len(gate.statements) == before


def test_person_without_the_role_is_refused(gate: House, remembered: Remembered) -> None:
    with pytest.raises(HostForbidden):
        gate.flows.gateways.admit_person(VAULT, host_token(gate, remembered, VAULT.origin))


def test_token_is_at_hand_once_read(gate: House, application: Application) -> None:
    _, admit = remembering(gate)
    token = application.exchange(application.code(resources=(APP.audience,))).access_token
    assert admit.at_once(APP, token) is None

    read = admit(APP, token)
    before = len(gate.statements)

    assert admit.at_once(APP, token) == read
    assert len(gate.statements) == before
    gate.flows.keyring.forget()
    assert admit.at_once(APP, token) is None


def test_token_of_a_client_itself_has_no_session_and_no_roles(gate: House) -> None:
    service = Application(gate, another(SERVER, resources=(APP.audience,)))
    token = service.ask(grant_type="client_credentials", scope="reports:read", resource=APP.audience or "").access_token
    admit = gate.flows.gateways.admit_token

    told = admit(APP, token)

    assert told == Identity(subject=service.client.id, scopes="reports:read", client_id=service.client.id)
    assert admit.at_once(APP, token) == told


def test_token_of_a_client_itself_never_has_a_role(gate: House) -> None:
    service = Application(gate, another(SERVER, resources=(VAULT.audience,)))
    issued = service.ask(grant_type="client_credentials", scope="reports:read", resource=VAULT.audience or "")

    with pytest.raises(HostForbidden):
        gate.flows.gateways.admit_token(VAULT, issued.access_token)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: replace(token, key_thumbprint="k" * 43),
        lambda token: replace(token, client_id="nobody"),
        lambda token: replace(token, audience=VAULT.audience),
        lambda token: replace(token, expires_at=token.issued_at),
    ],
    ids=["bound to a key", "of no client", "for another host", "expired"],
)
def test_token_that_is_not_right_in_everything_is_refused(
    gate: House, change: Callable[[AccessToken], AccessToken]
) -> None:
    service = Application(gate, another(SERVER, resources=(APP.audience,)))
    now = gate.clock.now()
    right = replace(
        an_access_token(),
        audience=APP.audience or "",
        client_id=service.client.id,
        session_id=None,
        scope="reports:read",
        issued_at=now,
        expires_at=now + MINUTE,
    )
    admit = gate.flows.gateways.admit_token
    assert admit(APP, gate.flows.keyring.sign(right)).client_id == service.client.id

    with pytest.raises(TokenRefused):
        admit(APP, gate.flows.keyring.sign(change(right)))


def test_token_of_a_persons_own_session_is_refused(
    gate: House, application: Application, remembered: Remembered
) -> None:
    now = gate.clock.now()
    own = replace(
        an_access_token(),
        audience=APP.audience or "",
        client_id=application.client.id,
        session_id=remembered.session_id,
        scope="reports:read",
        issued_at=now,
        expires_at=now + MINUTE,
    )

    with pytest.raises(TokenRefused):
        gate.flows.gateways.admit_token(APP, gate.flows.keyring.sign(own))


def test_token_of_a_disabled_client_is_refused_though_no_session_stands_behind_it(gate: House) -> None:
    service = Application(gate, another(SERVER, resources=(APP.audience,)))
    issued = service.ask(grant_type="client_credentials", scope="reports:read", resource=APP.audience or "")
    gate.flows.clients.set_enabled(service.client.id, enabled=False)

    with pytest.raises(TokenRefused):
        gate.flows.gateways.admit_token(APP, issued.access_token)


def test_token_is_refused_where_none_is_taken(gate: House, application: Application) -> None:
    token = application.exchange().access_token

    with pytest.raises(TokenRefused):
        gate.flows.gateways.admit_token(OWN, token)


def test_token_without_the_scope_is_refused_with_what_it_needs(gate: House, application: Application) -> None:
    token = application.exchange(application.code(resources=(APP.audience,), scope="openid")).access_token

    with pytest.raises(ScopeMissing) as caught:
        gate.flows.gateways.admit_token(APP, token)

    assert caught.value.scope == "reports:read"


def test_token_of_an_ended_session_is_refused(gate: House, application: Application) -> None:
    token = application.exchange(application.code(resources=(APP.audience,))).access_token
    application.sign_out()

    with pytest.raises(TokenRefused):
        gate.flows.gateways.admit_token(APP, token)
