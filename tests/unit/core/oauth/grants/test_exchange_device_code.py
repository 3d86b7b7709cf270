"""What a device is told when it asks for tokens, and what it gets. RFC 8628 section 3.5."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Unavailable
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.exchange_device_code import ExchangeDeviceCode
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.records import GrantType
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import EndReason, Kind
from tests.applications import INVOICES, REPORTS, SCOPE, USERINFO, another, claims
from tests.builders import ISSUER
from tests.devices import CONFERENCE_ROOM, GRANT, TV, Meeting, Television
from tests.house import OTHER_PASSWORD, PASSWORD, House
from tests.proofs import Holder

PENDING, SLOW_DOWN = OAuthCode.AUTHORIZATION_PENDING, OAuthCode.SLOW_DOWN
INVALID_GRANT = OAuthCode.INVALID_GRANT


@pytest.fixture
def tv(house: House) -> Television:
    house.account()
    return Television(house)


@pytest.mark.requirement("A-09")
def test_poll_before_anybody_answers_is_pending(tv: Television) -> None:
    answers = [tv.told(), tv.wait(5).told(), tv.wait(5).told()]

    assert answers == [PENDING] * 3


@pytest.mark.requirement("A-09")
def test_poll_too_soon_is_slowed_down_by_five_seconds_each_time(tv: Television) -> None:
    answers = [
        tv.told(),
        tv.wait(1).told(),
        tv.wait(5).told(),
        tv.wait(14).told(),
        tv.wait(20).told(),
        tv.wait(20).told(),
    ]

    assert answers == [PENDING, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN, PENDING, PENDING]


def test_poll_of_one_code_does_not_slow_another_down(tv: Television) -> None:
    tv.told()
    tv.told()

    assert tv.ask().told() is PENDING


@pytest.mark.requirement("A-09")
def test_poll_after_it_was_allowed_gives_tokens_at_once(tv: Television) -> None:
    tv.told()
    tv.allow()

    issued = tv.poll()

    session = tv.app.session_of(issued)
    assert (issued.token_type, issued.scope, issued.expires_in) == ("Bearer", SCOPE, timedelta(minutes=5))
    assert (session.kind, session.parent_id, session.scope) == (Kind.CLIENT, tv.app.browser, SCOPE)
    assert issued.refresh_token is not None


def test_poll_while_no_key_signs_uses_nothing_up(house: House, tv: Television) -> None:
    tv.allow().wait(-3600)
    with pytest.raises(Unavailable):
        tv.poll()
    house.flows.rotate_keys()

    issued = tv.wait(60).poll()

    assert tv.app.is_live(issued)


def test_poll_gives_a_session_as_a_code_would(tv: Television) -> None:
    issued = tv.allow().poll()

    token, told = claims(issued.access_token), claims(issued.id_token or "")
    assert (token["sub"], token["client_id"], token["aud"]) == (tv.app.account_id, tv.client.id, USERINFO)
    assert (told["aud"], told["sub"], told["sid"]) == (tv.client.id, tv.app.account_id, token["sid"])
    assert "nonce" not in told
    assert tv.app.introspected(issued.refresh_token or "")["active"] is True
    assert tv.app.refresh(issued.refresh_token).access_token


def test_poll_session_stands_where_the_device_is(tv: Television) -> None:
    issued = tv.ask(address="198.51.100.66").allow().poll()

    assert tv.app.session_of(issued).place == tv.house.tools.tag_address("198.51.100.66")


def test_poll_session_is_listed_and_revoked_like_any_other(tv: Television) -> None:
    issued, requests = tv.allow().poll(), tv.house.flows.requests
    (listed,) = requests.list_applications(tv.app.account_id)

    requests.revoke_application(tv.app.account_id, tv.client.id)

    assert (listed.client.id, " ".join(listed.scopes)) == (tv.client.id, SCOPE)
    assert not tv.app.is_live(issued)
    assert tv.consent is None


def test_poll_token_can_be_taken_back(tv: Television) -> None:
    issued = tv.allow().poll()

    tv.house.flows.tokens.revoke(tv.app.client, issued.refresh_token or "")

    assert not tv.app.is_live(issued)


def test_poll_without_openid_gives_no_id_token(house: House) -> None:
    house.account()

    assert Television(house, values={"scope": ("reports:read",)}).allow().poll().id_token is None


def test_poll_client_without_the_refresh_grant_gets_no_refresh_token(house: House) -> None:
    house.account()
    tv = Television(house, another(TV, grants=(GrantType.DEVICE_CODE,)), values={"scope": ("openid offline_access",)})

    issued = tv.allow().poll()

    assert (issued.refresh_token, issued.scope) == (None, "openid")


def test_poll_offline_session_stands_by_itself(house: House) -> None:
    house.account()
    tv = Television(house, values={"scope": ("openid offline_access",)})
    issued = tv.allow().poll()
    tv.app.sign_out()

    session = tv.app.session_of(issued)
    assert (session.parent_id, session.ended_at) == (None, None)
    assert session.expires_at - session.created_at == timedelta(days=90)


def test_poll_session_ends_with_the_one_it_was_allowed_in(tv: Television) -> None:
    issued = tv.allow().poll()

    tv.app.sign_out()

    assert not tv.app.is_live(issued)


@pytest.mark.requirement("A-08")
def test_poll_resource_is_the_audience(house: House) -> None:
    house.account()
    tv = Television(house, values={"resource": (REPORTS, INVOICES)}).allow()

    assert tv.told() is OAuthCode.INVALID_TARGET
    assert tv.told(resource="https://elsewhere.example") is OAuthCode.INVALID_TARGET
    assert claims(tv.poll(resource=REPORTS).access_token)["aud"] == REPORTS


@pytest.mark.requirement("A-09")
def test_poll_after_it_was_refused_is_told_so(tv: Television) -> None:
    tv.refuse()

    assert [tv.told(), tv.told()] == [OAuthCode.ACCESS_DENIED] * 2
    assert tv.wait(600).told() is OAuthCode.EXPIRED_TOKEN


@pytest.mark.requirement("A-09")
def test_poll_after_ten_minutes_is_told_that_the_code_is_too_old(tv: Television) -> None:
    assert tv.wait(599).told() is PENDING
    assert tv.wait(1).told() is OAuthCode.EXPIRED_TOKEN
    tv.house.flows.remove_expired()
    assert tv.wait(86_400).told() is OAuthCode.EXPIRED_TOKEN


@pytest.mark.requirement("A-09")
def test_poll_what_was_allowed_is_lost_after_ten_minutes(tv: Television) -> None:
    assert tv.allow().wait(600).told() is OAuthCode.EXPIRED_TOKEN


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize(("minutes", "lives"), [(10.5, False), (11.1, True), (60 * 24, True)])
def test_poll_second_use_ends_nothing_once_no_honest_device_asks_with_the_code(
    tv: Television, minutes: float, *, lives: bool
) -> None:
    issued = tv.allow().poll()

    told = tv.wait(minutes * 60).told()

    assert told is INVALID_GRANT
    assert tv.app.is_live(issued) is lives


@pytest.mark.requirement("A-09")
def test_poll_second_use_gets_nothing_and_ends_what_the_first_began(tv: Television) -> None:
    issued = tv.allow().poll()

    assert tv.told() is INVALID_GRANT
    assert tv.app.session_of(issued).end_reason is EndReason.REUSE_DETECTED
    with tv.house.store.view() as view:
        assert [entry.event.kind for entry in view.audit.read()].count(AuditKind.CODE_REUSE) == 1
    assert tv.told() is INVALID_GRANT


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("state", ["pending", "allowed", "refused", "used", "expired"])
def test_poll_code_of_another_client_says_nothing_and_changes_nothing(tv: Television, state: str) -> None:  # class 4
    thief = Television(tv.house, another(CONFERENCE_ROOM))
    issued: Issued | None = None
    match state:
        case "allowed":
            tv.allow()
        case "refused":
            tv.refuse()
        case "used":
            issued = tv.allow().poll()
        case "expired":
            tv.wait(600)
        case _:
            pass

    answers = [thief.told(device_code=tv.shown.device_code) for _ in range(3)]

    assert answers == [INVALID_GRANT] * 3
    match state:
        case "pending":
            assert tv.told() is PENDING
        case "allowed":
            assert tv.poll().access_token
        case "refused":
            assert tv.told() is OAuthCode.ACCESS_DENIED
        case "used":
            assert issued is not None
            assert tv.app.is_live(issued)
        case _:
            assert tv.told() is OAuthCode.EXPIRED_TOKEN


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("change", ["shorter", "longer", "louder", "made up", "user code", "another client"])
def test_poll_forged_code_is_refused_without_a_read(tv: Television, change: str) -> None:
    code = tv.allow().shown.device_code
    kind, session, client, secret, seal = code.split("_")
    forged = {
        "shorter": code[:-1],
        "longer": code + "a",
        "louder": code.upper(),
        "made up": "dwd1_x_y_z_a",
        "user code": tv.shown.user_code,
        "another client": "_".join((kind, session, client[::-1], secret, seal)),
    }[change]
    tv.house.statements.clear()

    assert tv.told(device_code=forged) is INVALID_GRANT
    assert tv.house.statements == []


@pytest.mark.parametrize("session", ["x" * 26, "u" * 26, "short"])
def test_open_code_with_a_session_or_secret_of_another_shape_is_none(tv: Television, session: str) -> None:
    codes = tv.house.flows.requests.devices.ask.codes
    envelopes = codes.envelopes

    assert codes.open(envelopes.close("dwd1", session, "client", "not base 32!")) is None


def test_poll_without_a_code_is_refused(tv: Television) -> None:
    with pytest.raises(OAuthError) as raised:
        tv.app.ask(grant_type=GRANT)

    assert raised.value.error is OAuthCode.INVALID_REQUEST


def test_poll_by_a_client_that_lost_the_grant_is_refused(tv: Television) -> None:
    tv.allow()
    tv.app.client = replace(tv.app.client, grants=(GrantType.REFRESH_TOKEN,))

    assert tv.told() is OAuthCode.UNAUTHORIZED_CLIENT


EVENTS: dict[str, Callable[[Television], object]] = {
    "account disabled": lambda tv: tv.house.flows.set_enabled("margaret", enabled=False),
    "account closed": lambda tv: tv.house.flows.close_account(tv.app.account_id),
    "client disabled": lambda tv: tv.house.flows.clients.set_enabled(tv.client.id, enabled=False),
    "client removed": lambda tv: tv.house.flows.clients.remove(tv.client.id),
    "consent taken back": lambda tv: tv.house.flows.requests.revoke_application(tv.app.account_id, tv.client.id),
    "password changed": lambda tv: tv.house.flows.change_password(
        tv.person.session, PASSWORD, new_password=OTHER_PASSWORD
    ),
    "signed out": lambda tv: tv.app.sign_out(),
    "signed out everywhere": lambda tv: tv.house.flows.end_all_sessions(
        tv.app.account_id, reason=EndReason.SIGNED_OUT_ELSEWHERE
    ),
}


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("scope", ["openid", "openid offline_access"])
def test_poll_what_was_allowed_is_worthless_after(house: House, event: str, scope: str) -> None:  # classes 17, 29
    house.account()
    tv = Television(house, values={"scope": (scope,)}).allow()

    EVENTS[event](tv)

    assert [tv.told(), tv.told()] == [INVALID_GRANT] * 2


@pytest.mark.requirement("A-13", "A-16")
def test_poll_with_a_proof_gives_tokens_that_are_bound(tv: Television) -> None:
    issued = tv.allow().poll(proof=proof(tv, Holder()))

    assert issued.token_type == "DPoP"
    assert claims(issued.access_token)["cnf"] == {"jkt": Holder().thumbprint}
    with pytest.raises(OAuthError):
        tv.app.refresh(issued.refresh_token)
    assert tv.app.refresh(issued.refresh_token, proof=proof(tv, Holder())).token_type == "DPoP"


@pytest.mark.requirement("A-16")
@pytest.mark.parametrize("name", ["thief", None])
def test_poll_code_that_is_bound_to_another_key_changes_nothing(tv: Television, name: str | None) -> None:
    tv.ask(key_thumbprint=Holder().thumbprint).allow()

    with pytest.raises(OAuthError) as raised:
        tv.poll(proof=None if name is None else proof(tv, Holder(name)))

    assert raised.value.error is INVALID_GRANT
    assert tv.poll(proof=proof(tv, Holder())).token_type == "DPoP"


@pytest.mark.requirement("A-16")
@pytest.mark.parametrize("name", ["thief", None])
def test_poll_second_use_without_the_key_ends_nothing(tv: Television, name: str | None) -> None:
    issued = tv.ask(key_thumbprint=Holder().thumbprint).allow().poll(proof=proof(tv, Holder()))

    with pytest.raises(OAuthError):
        tv.poll(proof=None if name is None else proof(tv, Holder(name)))

    assert tv.app.is_live(issued)


def test_poll_confidential_client_stays_bound_to_the_key_that_it_asked_with(house: House) -> None:
    house.account()
    tv = Television(house, another(CONFERENCE_ROOM))
    tv.ask(key_thumbprint=Holder().thumbprint).allow()

    issued = tv.poll(proof=proof(tv, Holder()))

    with pytest.raises(OAuthError):
        tv.app.refresh(issued.refresh_token)


def poll_meeting(tv: Television, method: str, answer: Callable[[], object]) -> OAuthCode | None:
    """Ask for tokens while others are faster, and return the refusal."""
    grant = tv.house.flows.tokens.give.grants[GrantType.DEVICE_CODE]
    assert isinstance(grant, ExchangeDeviceCode)
    meeting = replace(grant, work=Meeting(tv.house, answer, method))
    asked = Asked(tv.app.client, {"device_code": tv.shown.device_code}, None, tv.house.clock.now())
    try:
        meeting(asked)
    except OAuthError as error:
        return error.error
    return None


def test_poll_that_loses_once_is_looked_at_again(tv: Television) -> None:
    turns = iter([False])

    assert poll_meeting(tv, "replace", lambda: next(turns, None)) is PENDING


def test_poll_that_loses_twice_is_told_to_slow_down(tv: Television) -> None:
    assert poll_meeting(tv, "replace", lambda: False) is SLOW_DOWN


def test_poll_that_comes_second_in_the_same_moment_gets_nothing(tv: Television) -> None:
    tv.allow()
    with tv.house.store.work() as work:
        opened = tv.house.flows.requests.devices.ask.codes.open(tv.shown.device_code)
        assert opened is not None
        found = work.onetimes.consume(Purpose.DEVICE_CODE, opened.digest, now=tv.house.clock.now())

    assert poll_meeting(tv, "peek", lambda: found) is INVALID_GRANT


def proof(tv: Television, holder: Holder) -> str:
    """Return a proof of possession for the token endpoint."""
    now = tv.house.clock.now()
    return holder.proof("POST", f"{ISSUER}/oauth/token", now, nonce=tv.house.tools.nonces.current(now))
