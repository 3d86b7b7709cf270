from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.flows import Work
from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.keys import jose
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce
from doorward.core.oauth.grants.exchange_code import ExchangeCode
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.records import ClientType, GrantType
from doorward.core.sessions.records import EndReason, Kind
from tests.applications import (
    INVOICES,
    OTHER_VERIFIER,
    REPORTS,
    SCOPE,
    SERVER,
    SPA,
    USERINFO,
    VERIFIER,
    Application,
    another,
    claims,
)
from tests.builders import CALLBACK, ISSUER
from tests.house import House, replacing
from tests.proofs import Holder

TOKEN_URL = f"{ISSUER}/oauth/token"


@pytest.fixture
def spa(house: House) -> Application:
    house.account()
    return Application(house)


def test_exchange_holds_the_client_that_it_grants_something_to(spa: Application) -> None:
    code = spa.code()
    spa.house.statements.clear()

    spa.exchange(code)

    assert spa.house.statements.index("clients.held") < spa.house.statements.index("sessions.add")


def refused(app: Application, code: str | None = None, **changes: str) -> OAuthCode:
    with pytest.raises(OAuthError) as raised:
        app.exchange(code, **changes)
    return raised.value.error


def test_exchange_code_gives_tokens_of_a_session_of_its_own(spa: Application) -> None:
    issued = spa.exchange()

    session = spa.session_of(issued)
    assert (issued.token_type, issued.scope, issued.expires_in) == ("Bearer", SCOPE, timedelta(minutes=5))
    assert (session.kind, session.parent_id, session.scope) == (Kind.CLIENT, spa.browser, SCOPE)
    assert issued.refresh_token is not None


@pytest.mark.requirement("J-15", "J-16", "J-17")
def test_exchange_code_access_token_says_what_rfc_9068_wants(spa: Application) -> None:
    token = claims(spa.exchange().access_token)

    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(token)
    assert (token["sub"], token["client_id"], token["aud"]) == (spa.account_id, spa.client.id, USERINFO)


def test_exchange_code_id_token_says_who_signed_in(spa: Application) -> None:
    issued = spa.exchange()

    assert issued.id_token is not None
    told = spa.house.flows.keyring.read_own(issued.id_token, "JWT")
    access = claims(issued.access_token)
    assert (told["aud"], told["azp"], told["nonce"]) == (spa.client.id, spa.client.id, "a nonce")
    assert (told["sub"], told["sid"]) == (access["sub"], access["sid"])
    assert "email" not in told


@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.ES256])
def test_exchange_code_id_token_is_signed_as_the_client_registered(house: House, algorithm: Algorithm) -> None:
    house.account()
    app = Application(house, another(SPA, id_token_algorithm=algorithm))

    issued = app.exchange()

    assert jose.parse(issued.id_token or "").algorithm is algorithm
    assert house.flows.keyring.read_own(issued.id_token or "", "JWT")


def test_exchange_code_claims_asked_for_by_name_stand_in_the_id_token(spa: Application) -> None:
    issued = spa.exchange(spa.code(claims='{"id_token": {"email": null, "sub": {"value": "somebody else"}}}'))

    told = claims(issued.id_token or "")
    assert (told["email"], told["sub"]) == ("margaret@mail.example", spa.account_id)


def test_exchange_code_without_openid_gives_no_id_token(spa: Application) -> None:
    assert spa.exchange(spa.code(scope="reports:read")).id_token is None


def test_exchange_code_client_without_the_refresh_grant_gets_no_refresh_token(house: House) -> None:
    house.account()
    app = Application(house, another(SPA, grants=(GrantType.AUTHORIZATION_CODE,)))

    issued = app.exchange(app.code(scope="openid offline_access", is_offline=True))

    assert issued.refresh_token is None


def test_exchange_code_pairwise_client_calls_the_person_by_another_name(house: House) -> None:
    house.account()
    one = Application(house, another(SPA, is_pairwise=True, sector="one.example"))
    same = Application(house, another(SPA, is_pairwise=True, sector="one.example"))
    other = Application(house, another(SPA, is_pairwise=True, sector="other.example"))

    subjects = [claims(app.exchange().access_token)["sub"] for app in (one, same, other)]

    assert subjects[0] == subjects[1] != subjects[2]
    assert one.account_id not in subjects


@pytest.mark.requirement("O-12", "O-19")
@pytest.mark.parametrize("change", ["shorter", "longer", "louder", "made up"])
def test_exchange_code_forged_code_is_refused_without_a_read(spa: Application, change: str) -> None:
    code = spa.code()
    forged = {"shorter": code[:-1], "longer": code + "a", "louder": code.upper(), "made up": "dwc1_x_y_z"}[change]
    spa.house.statements.clear()

    assert refused(spa, forged) is OAuthCode.INVALID_GRANT
    assert spa.house.statements == []


@pytest.mark.requirement("O-12")
def test_exchange_code_a_minute_later_is_refused(spa: Application) -> None:
    code = spa.code()
    _advance(spa, timedelta(seconds=60))

    assert refused(spa, code) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("O-12", "T-03")
def test_exchange_code_second_use_is_refused_and_ends_what_the_first_began(spa: Application) -> None:
    code = spa.code()
    issued = spa.exchange(code)

    assert refused(spa, code) is OAuthCode.INVALID_GRANT
    session = spa.session_of(issued)
    assert session.end_reason is EndReason.REUSE_DETECTED


@pytest.mark.requirement("O-12", "T-03")
def test_exchange_code_second_use_at_the_same_moment_is_refused_and_ends_what_the_first_began(
    spa: Application,
) -> None:
    exchange, code, house = spa.house.flows.tokens.give.grants[GrantType.AUTHORIZATION_CODE], spa.code(), spa.house
    assert isinstance(exchange, ExchangeCode)
    parameters = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    asked, answers = Asked(spa.client, parameters, None, house.clock.now()), list[Issued]()

    @contextmanager
    def overtaken() -> Iterator[Work]:
        with house.store.work() as work:

            def faster() -> None:
                answers.append(replace(exchange, work=lambda: nullcontext(work))(asked))

            yield replacing(work, "onetimes", "consume", faster)

    with pytest.raises(OAuthError) as raised:
        replace(exchange, work=overtaken)(asked)

    assert raised.value.error is OAuthCode.INVALID_GRANT
    (issued,) = answers
    assert spa.session_of(issued).end_reason is EndReason.REUSE_DETECTED


@pytest.mark.requirement("O-12")
def test_exchange_code_second_use_after_signing_out_changes_nothing(spa: Application) -> None:
    code = spa.code()
    issued = spa.exchange(code)
    spa.sign_out()

    assert refused(spa, code) is OAuthCode.INVALID_GRANT
    assert spa.session_of(issued).end_reason is EndReason.SIGNED_OUT
    with spa.house.store.view() as view:
        assert view.audit.read(account_id=spa.account_id)[-1].event.kind is AuditKind.SESSION_ENDED


def test_exchange_code_shows_neither_code_nor_tokens_in_any_repr(spa: Application) -> None:
    code = spa.code()
    asked = Asked(spa.client, {"code": code}, None, spa.house.clock.now())

    shown = repr((asked, spa.exchange(code)))

    assert shown == f"(Asked(client={spa.client.id!r}), Issued(scope={SCOPE!r}))"


@pytest.mark.requirement("T-03")
@pytest.mark.parametrize(
    "changes", [{"code_verifier": OTHER_VERIFIER}, {"code_verifier": ""}, {"redirect_uri": CALLBACK + "x"}], ids=str
)
def test_exchange_code_second_use_that_is_wrong_ends_nothing(spa: Application, changes: dict[str, str]) -> None:
    code = spa.code()
    issued = spa.exchange(code)

    assert refused(spa, code, **changes) is OAuthCode.INVALID_GRANT
    assert spa.is_live(issued)


@pytest.mark.requirement("T-03", "O-10")
def test_exchange_code_second_use_by_another_client_ends_nothing(spa: Application) -> None:  # class 4
    thief, code = Application(spa.house, SERVER), spa.code()
    issued = spa.exchange(code)

    assert refused(thief, code) is OAuthCode.INVALID_GRANT
    assert spa.is_live(issued)


@pytest.mark.requirement("O-10", "O-14", "P-05", "P-06")
@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": OTHER_VERIFIER},
        {"code_verifier": ""},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": ""},
    ],
    ids=["another verifier", "no verifier", "another address", "no address"],
)
def test_exchange_code_wrong_proof_uses_it_up(spa: Application, changes: dict[str, str]) -> None:
    code = spa.code()

    assert refused(spa, code, **changes) is OAuthCode.INVALID_GRANT
    assert refused(spa, code) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("O-10")
def test_exchange_code_of_another_client_is_refused_and_not_used_up(spa: Application) -> None:  # class 4
    thief, code = Application(spa.house, SERVER), spa.code()

    assert refused(thief, code) is OAuthCode.INVALID_GRANT
    assert spa.exchange(code).access_token


@pytest.mark.requirement("A-08")
def test_exchange_code_resource_is_the_audience(house: House) -> None:
    house.account()
    app = Application(house, SERVER)

    one = app.exchange(app.code(resources=(REPORTS,)))
    named = app.exchange(app.code(resources=(REPORTS, INVOICES)), resource=INVOICES)
    person = app.exchange(app.code(resources=(REPORTS,)), resource=USERINFO)

    assert [claims(issued.access_token)["aud"] for issued in (one, named, person)] == [REPORTS, INVOICES, USERINFO]


@pytest.mark.requirement("A-08", "J-17")
@pytest.mark.parametrize(
    ("granted", "resource"), [((REPORTS,), INVOICES), ((REPORTS, INVOICES), ""), ((), REPORTS)], ids=str
)
def test_exchange_code_resource_that_was_not_granted_is_refused_and_uses_nothing_up(
    house: House, granted: tuple[str, ...], resource: str
) -> None:
    house.account()
    app = Application(house, SERVER)
    code = app.code(resources=granted)

    assert refused(app, code, resource=resource) is OAuthCode.INVALID_TARGET
    assert app.exchange(code, resource=USERINFO).access_token


@pytest.mark.requirement("A-13", "A-16")
def test_exchange_code_with_a_proof_gives_tokens_that_are_bound(spa: Application) -> None:
    holder, now = Holder(), spa.house.clock.now()
    nonce = spa.house.tools.nonces.current(now)

    issued = spa.exchange(
        spa.code(key_thumbprint=holder.thumbprint), proof=holder.proof("POST", TOKEN_URL, now, nonce=nonce)
    )

    assert issued.token_type == "DPoP"
    assert claims(issued.access_token)["cnf"] == {"jkt": holder.thumbprint}


@pytest.mark.requirement("A-16")
@pytest.mark.parametrize("name", ["thief", None])
def test_exchange_code_that_is_bound_to_another_key_is_refused_and_used_up(spa: Application, name: str | None) -> None:
    code, now = spa.code(key_thumbprint=Holder().thumbprint), spa.house.clock.now()
    nonce = spa.house.tools.nonces.current(now)
    proof = None if name is None else Holder(name).proof("POST", TOKEN_URL, now, nonce=nonce)

    with pytest.raises(OAuthError) as raised:
        spa.exchange(code, proof=proof)

    assert raised.value.error is OAuthCode.INVALID_GRANT
    assert refused(spa, code) is OAuthCode.INVALID_GRANT


@pytest.mark.requirement("A-15")
def test_exchange_code_proof_without_nonce_is_asked_for_one_and_uses_nothing_up(spa: Application) -> None:
    code, now = spa.code(), spa.house.clock.now()

    with pytest.raises(UseNonce):
        spa.exchange(code, proof=Holder().proof("POST", TOKEN_URL, now))

    assert spa.exchange(code).access_token


@pytest.mark.requirement("A-17")
def test_exchange_code_proof_that_was_seen_is_refused(spa: Application) -> None:
    now = spa.house.clock.now()
    proof = Holder().proof("POST", TOKEN_URL, now, nonce=spa.house.tools.nonces.current(now))
    spa.exchange(proof=proof)

    with pytest.raises(OAuthError) as raised:
        spa.exchange(proof=proof)

    assert raised.value.error is OAuthCode.INVALID_DPOP_PROOF


def test_exchange_code_client_that_must_prove_a_key_and_does_not_is_refused(house: House) -> None:
    house.account()
    app = Application(house, another(SPA, requires_dpop=True))

    assert refused(app) is OAuthCode.INVALID_DPOP_PROOF


def test_exchange_code_offline_session_stands_by_itself(house: House) -> None:
    house.account()
    app = Application(house, another(SPA, type=ClientType.NATIVE))

    issued = app.exchange(app.code(scope="openid offline_access", is_offline=True))

    session = app.session_of(issued)
    assert session.parent_id is None
    assert session.expires_at - session.created_at == timedelta(days=90)


def test_exchange_code_session_outlives_the_browsers_never(spa: Application) -> None:
    _advance(spa, timedelta(days=3))

    session = spa.session_of(spa.exchange())

    with spa.house.store.view() as view:
        parent = view.sessions.by_id(spa.browser)
    assert parent is not None
    assert session.expires_at == parent.expires_at


def test_exchange_code_another_account_than_that_of_the_session_is_refused(spa: Application) -> None:
    assert refused(spa, spa.code(account_id=AccountId("z" * 26))) is OAuthCode.INVALID_GRANT


@pytest.mark.parametrize("parent", [SessionId("z" * 26)])
def test_exchange_code_browser_session_that_is_none_is_refused(spa: Application, parent: SessionId) -> None:
    assert refused(spa, spa.code(parent_id=parent)) is OAuthCode.INVALID_GRANT


def _advance(app: Application, duration: timedelta) -> None:
    app.house.advance(duration)
