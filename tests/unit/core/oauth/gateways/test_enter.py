from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from doorward.core.oauth.authorize.records import Reply, Visitor
from doorward.core.oauth.gateways.errors import EntryRefused
from doorward.core.oauth.gateways.records import ProtectedHost
from doorward.core.oauth.gateways.returns import CameBack
from doorward.core.sessions.records import EndReason, Kind, Remembered
from doorward.testing.clock import FixedClock
from tests.house import House
from tests.unit.core.oauth.gateways.conftest import APP, OWN, VAULT

TARGET = "https://app.example/a"


@pytest.fixture
def remembered(gate: House) -> Remembered:
    return gate.sign_in()


def way_back(gate: House, remembered: Remembered, host: ProtectedHost = APP) -> tuple[str, CameBack]:
    """Return the code and the state of a browser that was signed in and is on its way back."""
    address = gate.flows.gateways.returns.begin(host, TARGET, mark="mark", now=gate.clock.now())
    asked = {name: tuple(values) for name, values in parse_qs(urlsplit(address).query).items()}
    snapshot = gate.flows.recognise.live(remembered.session_id, Kind.WEB)
    reply = gate.flows.requests.authorize(asked, Visitor(snapshot, b"browser"))
    assert isinstance(reply, Reply)
    state, issuer = reply.address.state or "", reply.parameters["iss"]
    came = gate.flows.gateways.returns.come_back(state, issuer, mark="mark", now=gate.clock.now())
    assert came is not None
    return reply.parameters["code"], came


def refuse(gate: House, code: str, came: CameBack) -> None:
    with pytest.raises(EntryRefused):
        gate.flows.gateways.enter(code, came)


def test_enter_gives_the_token_of_the_browsers_session_for_that_host_alone(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)

    entered = gate.flows.gateways.enter(code, came)

    tokens, now = gate.flows.gateways.enter.tokens, gate.clock.now()
    assert tokens.open(entered.token, origin=APP.origin, now=now) == remembered.session_id
    assert tokens.open(entered.token, origin=VAULT.origin, now=now) is None
    assert entered.lives_for == timedelta(days=14)
    assert entered.token not in repr(entered)


def test_enter_works_once(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)
    gate.flows.gateways.enter(code, came)

    refuse(gate, code, came)


def test_enter_with_what_is_no_code_is_refused(gate: House, remembered: Remembered) -> None:
    _, came = way_back(gate, remembered)

    for code in ("", "x", "dwc1_x", remembered.refresh_token):
        refuse(gate, code, came)


def test_enter_with_another_hosts_code_is_refused_and_leaves_it(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)

    for host in (VAULT, OWN):
        refuse(gate, code, replace(came, host=host))
    assert gate.flows.gateways.enter(code, came).token


def test_enter_with_a_wrong_verifier_is_refused_and_uses_the_code_up(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)

    refuse(gate, code, replace(came, verifier="v" * 43))
    refuse(gate, code, came)


def test_enter_with_a_code_for_another_address_is_refused(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)
    enter = replace(gate.flows.gateways.enter, issuer=APP.origin + ":444")
    moved = replace(came, host=replace(APP, origin="http://app.example"))

    with pytest.raises(EntryRefused):
        enter(code, moved)


def test_enter_after_the_session_ended_is_refused(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)
    gate.flows.end_session(remembered.profile.id, remembered.session_id, reason=EndReason.SIGNED_OUT)

    refuse(gate, code, came)


def test_enter_too_late_is_refused(gate: House, remembered: Remembered) -> None:
    code, came = way_back(gate, remembered)
    assert isinstance(gate.clock, FixedClock)
    gate.clock.advance(timedelta(minutes=2))

    refuse(gate, code, came)
