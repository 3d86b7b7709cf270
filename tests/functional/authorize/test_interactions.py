"""What somebody goes through who is sent by an application, from arriving to going back."""

from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.sessions.records import EndReason
from tests.authorizing import VERIFIER, answered
from tests.builders import CALLBACK, CLIENT, ISSUER
from tests.functional.authorize.guest import (
    Guest,
    account_id,
    approved,
    change,
    codes,
    consent_of,
    happened,
    waiting,
)
from tests.functional.site import Site, last_code, last_token
from tests.house import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD

HOUR = timedelta(hours=1)
APP = "com.example.app:/signed-in"


def sign_in(guest: Guest, name: str = "margaret", password: str = PASSWORD) -> Guest:
    """Sign in, which takes a moment."""
    guest.site.clock.advance(timedelta(seconds=1))
    return guest.fill("sign-in-form", username=name, password=password)


def hint(site: Site, subject: str, audience: str = CLIENT) -> str:
    claims: dict[str, JsonValue] = {"iss": ISSUER, "sub": subject, "aud": audience, "exp": 1}
    return site.house.flows.keyring.sign_claims("JWT", claims, Algorithm.ES256)


@pytest.mark.requirement("T-05", "C-12", "S-03")
def test_stranger_signs_in_consents_and_goes_back_with_a_code_that_is_good_for_tokens(
    provider: Site, stranger: Guest
) -> None:
    stranger.ask().follow()
    assert stranger.paper.texts["application-name"] == "Reports"
    assert "app.example" in stranger.paper.texts["application-domain"]

    sign_in(stranger).follow_own()
    assert stranger.paper.texts["account-name"] == "margaret"
    assert (
        stranger.paper.texts["permissions"]
        == "Know that it is you, by a number that stands for your account See your username"
    )
    told = stranger.consent().told

    fields = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": CALLBACK,
        "client_id": CLIENT,
        "code_verifier": VERIFIER,
    }
    answer = stranger.client.post("/oauth/token", data=fields)
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "openid profile"
    assert {"access_token", "refresh_token", "id_token"} <= set(answer.json())
    assert happened(provider, AuditKind.CONSENT_GIVEN) == 1


def test_wrong_password_leaves_the_request_waiting(stranger: Guest) -> None:
    sign_in(stranger.ask().follow(), password=WRONG_PASSWORD)
    assert stranger.status == 401
    assert stranger.paper.texts["application-name"] == "Reports"
    assert "form-action 'self' https://app.example" in stranger.answer.headers["content-security-policy"]

    sign_in(stranger).follow_own()

    assert "code" in stranger.consent().told


@pytest.mark.parametrize("by", ["link", "code"])
def test_newcomer_registers_and_comes_back_to_the_application(provider: Site, stranger: Guest, by: str) -> None:
    stranger.ask().follow()
    register_link = next(
        attributes["href"] for _, attributes in stranger.paper.elements if attributes.get("id") == "register-link"
    )
    stranger.open(register_link or "")
    assert stranger.paper.texts["application-name"] == "Reports"
    stranger.fill("register-form", username="grace", email="grace@mail.example", password=PASSWORD).follow()

    if by == "link":
        stranger.arrive(f"/verify?token={last_token(provider)}").fill("verify-form")
    else:
        stranger.fill("verify-form", code=last_code(provider))

    assert stranger.led_to.startswith("/sign-in?notice=email_confirmed&request=")
    sign_in(stranger.follow(), "grace").follow_own()
    assert "code" in stranger.consent().told


def test_somebody_who_forgot_the_password_comes_back_to_the_application(provider: Site, stranger: Guest) -> None:
    stranger.ask().follow()
    forgot = next(each["href"] for _, each in stranger.paper.elements if each.get("id") == "forgot-link")
    stranger.open(forgot or "").fill("forgot-form", email="margaret@mail.example")

    stranger.arrive(f"/reset?token={last_token(provider)}").fill("reset-form", new_password=OTHER_PASSWORD)

    assert stranger.led_to.startswith("/sign-in?notice=password_reset&request=")
    sign_in(stranger.follow(), password=OTHER_PASSWORD).follow_own()
    assert "code" in stranger.consent().told


def test_somebody_who_comes_back_too_late_signs_in_for_themselves(provider: Site, stranger: Guest) -> None:
    stranger.ask().follow()
    register_link = next(each["href"] for _, each in stranger.paper.elements if each.get("id") == "register-link")
    stranger.open(register_link or "")
    stranger.fill("register-form", username="grace", email="grace@mail.example", password=PASSWORD)
    token = last_token(provider)
    provider.clock.advance(HOUR)

    stranger.arrive(f"/verify?token={token}").fill("verify-form")

    assert stranger.led_to == "/sign-in?notice=email_confirmed"


@pytest.mark.requirement("A-03")
def test_request_that_waits_may_be_opened_again(member: Guest) -> None:
    place = member.ask().led_to

    for _ in range(3):
        assert member.open(place).status == 200

    assert "code" in member.consent().told
    assert "code" in member.ask().told


def test_request_that_was_answered_is_finished(member: Guest) -> None:
    place = member.ask().led_to
    page = member.open(place).answer
    member.consent()

    member.answer = page
    member.consent()

    assert member.error == "REQUEST_UNKNOWN"


def test_request_that_waited_too_long_is_finished(provider: Site, stranger: Guest) -> None:
    place = stranger.ask().led_to
    provider.clock.advance(HOUR)

    assert stranger.open(place).error == "REQUEST_UNKNOWN"


def test_cancelling_before_signing_in_is_told_to_the_application(provider: Site, stranger: Guest) -> None:
    stranger.ask().follow().fill("deny-form", decision="deny")

    assert stranger.told["error"] == "access_denied"
    assert stranger.told["state"] == "a state"
    assert waiting(provider) == 0


def test_cancelling_is_told_to_the_application_and_allows_nothing(provider: Site, member: Guest) -> None:
    member.ask().follow().consent("deny")

    assert member.told["error"] == "access_denied"
    assert consent_of(provider) is None
    assert codes(provider) == waiting(provider) == 0


@pytest.mark.parametrize("decision", ["", "ALLOW", "yes", "allow "])
def test_answer_that_is_neither_yes_nor_no_counts_for_nothing(provider: Site, member: Guest, decision: str) -> None:
    member.ask().follow().consent(decision)

    assert member.error == "REQUEST_MALFORMED"
    assert consent_of(provider) is None
    assert waiting(provider) == 1


def test_consent_is_remembered_until_more_is_asked_for(provider: Site, regular: Guest) -> None:
    assert "code" in regular.ask(scope="openid").told
    assert regular.ask(scope="openid email").led_to.startswith("/consent")

    regular.follow().consent()

    consent = consent_of(provider)
    assert consent is not None
    assert consent.scope == "openid profile email"


def test_consent_is_asked_for_anew_where_the_application_wants_it(regular: Guest) -> None:
    assert regular.ask(prompt="consent").led_to.startswith("/consent")
    assert "code" in regular.follow().consent().told


def test_first_party_application_is_never_asked_about(provider: Site, member: Guest) -> None:
    change(provider, is_first_party=True)

    assert "code" in member.ask().told
    assert "code" in member.ask(prompt="consent").told
    assert consent_of(provider) is None


def test_first_party_application_asks_which_account_alone(provider: Site, member: Guest) -> None:
    change(provider, is_first_party=True)

    member.ask(prompt="select_account").follow()

    assert "permissions" not in member.paper.texts
    assert "code" in member.consent().told


@pytest.mark.requirement("T-05")
def test_application_that_could_be_any_program_is_asked_about_each_time(provider: Site, member: Guest) -> None:
    change(provider, redirect_uris=(CALLBACK, "http://127.0.0.1/cb"))
    for _ in range(2):
        member.ask(redirect_uri="http://127.0.0.1:4711/cb").follow()
        assert "unverified" in member.paper.ids
        assert "application-domain" not in member.paper.ids
        assert "code" in answered(member.consent().led_to)

    assert answered(member.ask(redirect_uri="http://127.0.0.1:1/cb", prompt="none").led_to)["error"] == (
        "interaction_required"
    )


@pytest.mark.requirement("C-09")
def test_answer_to_an_app_is_a_link_on_a_page(provider: Site, member: Guest) -> None:
    change(provider, redirect_uris=(APP,))

    member.ask(redirect_uri=APP).follow()
    assert "form-action 'self';" in member.answer.headers["content-security-policy"]
    member.consent()

    assert member.status == 200
    link = next(each["href"] for _, each in member.paper.elements if each.get("id") == "continue-link")
    assert link is not None
    assert link.startswith(f"{APP}?code=dwc1_")
    refresh = next(each["content"] for _, each in member.paper.elements if each.get("http-equiv") == "refresh")
    assert refresh == f"0;url={link}"


def test_answer_as_a_form_holds_it_whole_and_no_token_of_ours(regular: Guest) -> None:
    regular.ask(response_mode="form_post", state='"><script>alert(1)</script>')

    form = regular.paper.forms["answer-form"]
    assert form.action == CALLBACK
    assert set(form.fields) == {"code", "state", "iss"}
    assert form.fields["state"] == '"><script>alert(1)</script>'
    assert form.fields["iss"] == ISSUER
    assert "<script>alert" not in regular.answer.text


def test_refusal_as_a_form_says_why(regular: Guest) -> None:
    fields = regular.ask(response_mode="form_post", scope="unknown").paper.forms["answer-form"].fields

    assert set(fields) == {"error", "error_description", "state", "iss"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [({}, "consent_required"), ({"login_hint": "joan"}, "account_selection_required"), ({"max_age": "0"}, None)],
    ids=str,
)
def test_prompt_none_asks_nobody_anything(member: Guest, changed: dict[str, str | None], error: str | None) -> None:
    told = member.ask(prompt="none", **changed).told

    assert told["error"] == (error or "consent_required")
    assert waiting(member.site) == 0


def test_prompt_none_without_anybody_is_refused_without_a_page(stranger: Guest) -> None:
    assert stranger.ask(prompt="none").told["error"] == "login_required"
    assert waiting(stranger.site) == 0
    assert stranger.set_cookies() == {}


def test_prompt_none_after_everything_was_allowed_gives_a_code(regular: Guest) -> None:
    assert "code" in regular.ask(prompt="none").told


@pytest.mark.parametrize("changed", [{"prompt": "login"}, {"max_age": "0"}], ids=str)
def test_signing_in_again_is_asked_for_and_cannot_be_skipped(
    provider: Site, regular: Guest, changed: dict[str, str | None]
) -> None:
    provider.clock.advance(HOUR)
    before, issued = provider.clock.now(), codes(provider)
    place = regular.ask(**changed).led_to
    assert place.startswith("/sign-in?request=")
    token = place.partition("=")[2]
    regular.follow()
    assert regular.paper.forms["sign-in-form"].fields["username"] == "margaret"

    crumb = regular.paper.forms["sign-in-form"].fields["csrf_token"]
    regular.post("/consent", {"csrf_token": crumb, "request": token, "decision": "allow"})
    assert regular.led_to == place
    assert regular.open(f"/consent?request={token}").led_to == place
    assert codes(provider) == issued

    told = sign_in(regular.open(place)).follow_own().told
    assert approved(provider, told["code"]).authenticated_at > before


def test_max_age_that_is_not_reached_asks_nobody(provider: Site, regular: Guest) -> None:
    provider.clock.advance(HOUR - timedelta(seconds=1))

    assert "code" in regular.ask(max_age="3600").told


def test_select_account_shows_who_is_signed_in_and_lets_one_be_another(provider: Site, regular: Guest) -> None:
    provider.house.account("joan")
    regular.ask(prompt="select_account").follow()
    assert regular.paper.texts["account-name"] == "margaret"
    other = next(each["href"] for _, each in regular.paper.elements if each.get("id") == "other-account-link")
    regular.open(other or "")
    assert "stay-link" in regular.paper.ids

    sign_in(regular, "joan").follow_own()
    told = regular.consent().told

    assert approved(provider, told["code"]).account_id == account_id(provider, "joan")


def test_login_hint_is_typed_already(stranger: Guest) -> None:
    stranger.ask(login_hint="joan@mail.example").follow()

    assert stranger.paper.forms["sign-in-form"].fields["username"] == "joan@mail.example"


def test_login_hint_at_somebody_else_lets_one_choose(regular: Guest) -> None:
    assert regular.ask(login_hint="joan@mail.example").led_to.startswith("/consent")
    assert "code" in regular.ask(login_hint="MARGARET@mail.example").told


def test_id_token_hint_of_whoever_is_signed_in_changes_nothing(provider: Site, regular: Guest) -> None:
    assert "code" in regular.ask(id_token_hint=hint(provider, account_id(provider)), prompt="none").told


def test_id_token_hint_of_somebody_else_asks_them_and_takes_nobody_else(provider: Site, regular: Guest) -> None:
    provider.house.account("joan")
    token = hint(provider, account_id(provider, "joan"))

    assert regular.ask(id_token_hint=token, prompt="none").told["error"] == "login_required"
    regular.ask(id_token_hint=token).follow()
    assert sign_in(regular, "margaret").follow_own().told["error"] == "login_required"
    sign_in(regular.ask(id_token_hint=token).follow(), "joan").follow_own()
    assert "code" in regular.consent().told


def test_consent_that_was_taken_back_meanwhile_is_asked_for_again(provider: Site, regular: Guest) -> None:
    provider.house.flows.requests.revoke_application(account_id(provider), CLIENT)

    assert regular.ask().led_to.startswith("/consent")


@pytest.mark.parametrize("when", ["before the page", "before the answer"])
def test_application_that_was_switched_off_meanwhile_gets_nothing(provider: Site, member: Guest, when: str) -> None:
    member.ask()
    if when == "before the answer":
        member.follow()
        change(provider, disabled_at=provider.clock.now())
        member.consent()
    else:
        change(provider, disabled_at=provider.clock.now())
        member.follow()

    assert member.error == "REQUEST_UNKNOWN"
    assert codes(provider) == 0


def test_session_that_ended_meanwhile_leads_to_signing_in_with_the_request(provider: Site, member: Guest) -> None:
    member.ask().follow()
    sessions = provider.house.flows.list_sessions(account_id(provider))
    for session in sessions:
        provider.house.flows.end_session(account_id(provider), session.id, reason=EndReason.SIGNED_OUT)

    member.consent()

    assert member.status in (303, 403)
    assert codes(provider) == 0
    assert consent_of(provider) is None
