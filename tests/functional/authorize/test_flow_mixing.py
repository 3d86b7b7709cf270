"""Nobody answers for somebody else: other browsers, other accounts, other sites, and everybody at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import pytest

from doorward.core.oauth.authorize.errors import RequestUnknown
from doorward.core.oauth.authorize.keep_requests import browser_digest
from doorward.core.oauth.authorize.records import Interaction, Outcome, Reply, Visitor
from doorward.core.sessions.records import EndReason
from tests.authorizing import asking, values
from tests.builders import CLIENT
from tests.functional.authorize.guest import (
    OTHER_CLIENT,
    Guest,
    account_id,
    another_client,
    approved,
    by_uri,
    change,
    codes,
    consent_of,
    pushed,
    register,
    waiting,
)
from tests.functional.site import ABROAD, Site
from tests.house import PASSWORD

THREADS: Final = 12


def request_of(place: str) -> str:
    """Return the token in the address of a page."""
    return place.partition("request=")[2]


@pytest.fixture
def thief(provider: Site) -> Guest:
    """Somebody at another browser, with an account of their own."""
    provider.house.account("mallory")
    return Guest(provider, ABROAD).sign_in("mallory")


@pytest.mark.parametrize("path", ["/sign-in?request=", "/consent?request=", "/register?request=", "/forgot?request="])
def test_request_of_another_browser_is_no_request_here(stranger: Guest, thief: Guest, path: str) -> None:
    token = request_of(stranger.ask().led_to)

    assert thief.arrive(path + token).error == "REQUEST_UNKNOWN"
    assert Guest(thief.site, ABROAD).arrive(path + token).error == "REQUEST_UNKNOWN"


def test_request_of_another_browser_cannot_be_continued(stranger: Guest, thief: Guest) -> None:
    token = request_of(stranger.ask().led_to)

    assert thief.arrive(by_uri(f"urn:ietf:params:oauth:request_uri:{token}")).error == "REQUEST_UNKNOWN"


def test_request_of_another_browser_cannot_be_answered(provider: Site, member: Guest, thief: Guest) -> None:
    token = request_of(member.ask().led_to)
    crumb = thief.open("/account").paper.forms["username-form"].fields["csrf_token"]

    for decision in ("allow", "deny"):
        thief.post("/consent", {"csrf_token": crumb, "request": token, "decision": decision})
        assert thief.error == "REQUEST_UNKNOWN"

    assert waiting(provider) == 1
    assert codes(provider) == 0
    assert consent_of(provider, "mallory") is None
    assert "code" in member.follow().consent().told


def test_signing_in_for_the_request_of_another_browser_is_refused(provider: Site, stranger: Guest) -> None:
    victim = Guest(provider, ABROAD)
    token = request_of(stranger.ask().led_to)
    form = victim.open("/sign-in").paper.forms["sign-in-form"]

    victim.post("/sign-in", {**form.fields, "username": "margaret", "password": PASSWORD, "request": token})

    assert victim.error == "REQUEST_UNKNOWN"
    assert victim.cookie("sso") is None


def test_mark_of_a_browser_alone_answers_nothing(provider: Site, member: Guest, thief: Guest) -> None:
    token = request_of(member.ask().led_to)
    thief.client.cookies.set("__Host-dw_mark", member.cookie("mark") or "", domain="auth.example", path="/")
    member.follow()
    crumb = member.paper.forms["consent-form"].fields["csrf_token"]

    thief.post("/consent", {"csrf_token": crumb, "request": token, "decision": "allow"})

    assert thief.status == 403
    assert codes(provider) == 0


@pytest.mark.requirement("O-20")
def test_answer_of_whoever_saw_the_page_is_not_taken_from_the_next_account(provider: Site, member: Guest) -> None:
    provider.house.account("joan")
    page = member.ask().follow().answer
    member.open("/sign-out").fill("sign-out-form").follow()
    member.sign_in("joan")

    member.answer = page
    member.consent()

    assert member.status == 403
    assert codes(provider) == 0
    assert consent_of(provider, "margaret") is consent_of(provider, "joan") is None


@pytest.mark.requirement("O-20")
@pytest.mark.parametrize("crumb", ["", "made.up"])
def test_answer_without_its_token_is_refused(provider: Site, member: Guest, crumb: str) -> None:
    token = request_of(member.ask().led_to)

    member.post("/consent", {"csrf_token": crumb, "request": token, "decision": "allow"})

    assert member.status == 403
    assert codes(provider) == 0


@pytest.mark.requirement("O-20")
@pytest.mark.parametrize("where", ["cross-site", "same-site", "none"])
def test_answer_from_another_site_is_refused(provider: Site, member: Guest, where: str) -> None:
    member.ask().follow()
    member.client.headers["sec-fetch-site"] = where

    member.consent()

    assert member.status == 403
    assert codes(provider) == 0


def test_answer_of_nobody_leads_to_signing_in(provider: Site, stranger: Guest) -> None:
    token = request_of(stranger.ask().led_to)
    crumb = stranger.follow().paper.forms["sign-in-form"].fields["csrf_token"]

    stranger.post("/consent", {"csrf_token": crumb, "request": token, "decision": "allow"})

    assert stranger.led_to == f"/sign-in?request={token}"
    assert codes(provider) == 0


@pytest.mark.requirement("A-02")
def test_request_of_another_client_is_refused(provider: Site, regular: Guest) -> None:
    register(provider, another_client())
    uri = pushed(provider, **asking())
    token = request_of(regular.ask(prompt="consent").led_to)

    for wanted in (uri, f"urn:ietf:params:oauth:request_uri:{token}"):
        assert regular.arrive(by_uri(wanted, "payroll")).error == "REQUEST_UNKNOWN"


def test_token_of_another_kind_is_no_request(provider: Site, regular: Guest) -> None:
    code = regular.ask().told["code"]
    link = provider.house.claim("grace").token

    for token in (code, link, regular.cookie("sso"), regular.cookie("mark")):
        assert regular.arrive(by_uri(f"urn:ietf:params:oauth:request_uri:{token}")).error == "REQUEST_UNKNOWN"
        assert regular.arrive(f"/consent?request={token}").error == "REQUEST_UNKNOWN"


def test_request_is_no_code_and_no_link(provider: Site, stranger: Guest) -> None:
    token = request_of(stranger.ask().led_to)

    fields = {"grant_type": "authorization_code", "code": token, "client_id": CLIENT}
    assert stranger.client.post("/oauth/token", data=fields).json()["error"] == "invalid_grant"
    assert "verify-form" in stranger.open(f"/verify?token={token}").paper.ids
    assert stranger.status == 400


def test_session_is_another_after_signing_in_for_an_application(provider: Site, regular: Guest) -> None:
    before = regular.cookie("sso")
    provider.clock.advance(timedelta(seconds=1))

    regular.ask(prompt="login").follow()
    provider.clock.advance(timedelta(seconds=1))
    regular.fill("sign-in-form", username="margaret", password=PASSWORD)

    assert regular.cookie("sso") != before
    sessions = provider.house.flows.list_sessions(account_id(provider))
    assert len(sessions) == 1


def at_once(act: Callable[[], Outcome]) -> list[Outcome]:
    """Do something in several threads, and return what came of it where it was not refused."""

    def attempt(_: int) -> Outcome | None:
        try:
            return act()
        except RequestUnknown:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        return [outcome for outcome in pool.map(attempt, range(THREADS)) if outcome is not None]


@pytest.fixture
def visitor_of_margaret(provider: Site) -> Visitor:
    """Somebody who is signed in, as the flows see them."""
    flows = provider.house.flows
    snapshot = flows.recognise.snapshots.load(provider.house.sign_in().session_id)
    assert snapshot is not None
    return Visitor(snapshot, browser_digest("a mark"))


@pytest.mark.parametrize("answers", ["allow", "refuse", "both"])
def test_request_that_is_answered_by_many_at_once_is_answered_once(
    provider: Site, visitor_of_margaret: Visitor, answers: str
) -> None:
    flows = provider.house.flows
    waits = flows.requests.authorize(values(), visitor_of_margaret)
    assert isinstance(waits, Interaction)
    turns = iter(range(THREADS))

    def act() -> Outcome:
        is_yes = answers == "allow" or (answers == "both" and next(turns) % 2 == 0)
        answer = flows.requests.answer.allow if is_yes else flows.requests.answer.refuse
        return answer(waits.token, visitor_of_margaret)

    outcomes = at_once(act)

    assert len(outcomes) == 1
    assert isinstance(outcomes[0], Reply)
    assert codes(provider) == (outcomes[0].error is None)
    assert waiting(provider) == 0


def test_pushed_request_that_is_opened_by_many_at_once_is_answered_once(
    provider: Site, visitor_of_margaret: Visitor
) -> None:
    change(provider, is_first_party=True)
    uri = pushed(provider, **asking())
    presented = {"client_id": (CLIENT,), "request_uri": (uri,)}

    outcomes = at_once(lambda: provider.house.flows.requests.authorize(presented, visitor_of_margaret))

    assert len(outcomes) == 1
    assert codes(provider) == 1


def test_pushed_request_that_waits_in_many_tabs_is_answered_once(provider: Site, visitor_of_margaret: Visitor) -> None:
    flows = provider.house.flows
    uri = pushed(provider, **asking())
    presented = {"client_id": (CLIENT,), "request_uri": (uri,)}
    tabs = [flows.requests.authorize(presented, visitor_of_margaret) for _ in range(THREADS)]
    tokens = iter([tab.token for tab in tabs if isinstance(tab, Interaction)])

    outcomes = at_once(lambda: flows.requests.answer.allow(next(tokens), visitor_of_margaret))

    assert [isinstance(outcome, Reply) for outcome in outcomes] == [True]
    assert codes(provider) == 1


@pytest.mark.parametrize("what", ["session", "account", "client", "consent"])
def test_code_is_not_issued_for_what_ended_between_looking_and_writing(
    provider: Site, visitor_of_margaret: Visitor, what: str
) -> None:
    flows, account = provider.house.flows, account_id(provider)
    waits = flows.requests.authorize(values(), visitor_of_margaret)
    assert isinstance(waits, Interaction)
    read = flows.requests.authorize.read.kept(waits.token, browser=visitor_of_margaret.browser)
    session = visitor_of_margaret.session
    assert session is not None
    if what == "session":
        flows.end_session(account, session.session_id, reason=EndReason.SIGNED_OUT)
    elif what == "account":
        flows.set_enabled("margaret", enabled=False)
    elif what == "client":
        change(provider, disabled_at=provider.clock.now())

    with provider.house.store.work() as work:
        code = flows.requests.authorize.issue(
            work, read.asked, session, kept=read.kept, is_allowed_now=what != "consent", now=provider.clock.now()
        )

    assert code is None
    assert codes(provider) == 0
    assert waiting(provider) == 1


def test_two_applications_in_two_tabs_are_each_allowed_what_their_page_showed(provider: Site, member: Guest) -> None:
    register(provider, another_client())
    first = member.ask(scope="openid").follow().answer
    other_page = member.ask(client_id=OTHER_CLIENT, redirect_uri="https://payroll.example/back", scope="email")
    second = other_page.follow().answer
    assert member.paper.texts["application-name"] == "Payroll"

    member.answer = first
    assert member.paper.texts["application-name"] == "Reports"
    assert approved(provider, member.consent().told["code"]).client_id == CLIENT
    member.answer = second
    assert approved(provider, member.consent().told["code"]).client_id == OTHER_CLIENT

    reports, payroll = consent_of(provider), consent_of(provider, client_id=OTHER_CLIENT)
    assert reports is not None
    assert payroll is not None
    assert (reports.scope, payroll.scope) == ("openid", "email")
