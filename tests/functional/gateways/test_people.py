"""People in front of guarded hosts: who is let in, who is led where, and who is refused."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.sessions.records import EndReason
from tests.functional.authorize.guest import account_id, codes, happened
from tests.functional.gateways.seeker import APP, FETCH, NAVIGATION, OWN, VAULT, Seeker, as_nginx, as_traefik
from tests.functional.site import ABROAD, problem
from tests.house import PASSWORD

PAGE = f"{APP}/reports/7?month=5&q=a%2Fb"
OWN_PAGE = f"{OWN}/app/reports?month=5"


def end_session(seeker: Seeker) -> None:
    house = seeker.site.house
    margaret = account_id(seeker.site)
    (session,) = house.flows.list_sessions(margaret)
    house.flows.end_session(margaret, session.id, reason=EndReason.SIGNED_OUT)


def test_person_on_the_issuers_host_is_let_in_and_named(member: Seeker) -> None:
    told = member.want(OWN_PAGE).told

    assert told == {
        "subject": account_id(member.site),
        "session": told["session"],
        "username": "margaret",
        "email": "margaret@mail.example",
        "scopes": "",
        "roles": "",
        "client": "",
        "time": str(int(member.site.clock.now().timestamp())),
    }
    assert len(told["session"]) == 26
    assert "set-cookie" not in member.answer.headers


@pytest.mark.parametrize("url", [OWN_PAGE, PAGE])
def test_stranger_signs_in_once_and_comes_back_to_the_very_page(stranger: Seeker, url: str) -> None:
    stranger.want(url).follow().follow()
    assert stranger.status == 200
    stranger.fill("sign-in-form", username="margaret", password=PASSWORD)

    stranger.follow_until(url).want(url)

    assert stranger.told["username"] == "margaret"


def test_member_comes_to_another_host_without_being_asked(member: Seeker) -> None:
    member.enter(PAGE)

    assert member.told["username"] == "margaret"
    assert happened(member.site, AuditKind.HOST_ENTERED) == 1
    assert codes(member.site) == 0


def test_live_session_needs_no_refresh_however_old_its_access_token(member: Seeker) -> None:
    member.enter(PAGE)
    member.site.clock.advance(timedelta(hours=20))

    assert member.want(OWN_PAGE).told["username"] == "margaret"
    assert member.want(PAGE).told["username"] == "margaret"


@pytest.mark.parametrize("url", [OWN_PAGE, PAGE])
def test_ended_session_is_refused_at_once_everywhere(member: Seeker, url: str) -> None:
    member.enter(PAGE)
    end_session(member)

    assert member.want(url, **FETCH).status == 401
    assert member.want(url).led_to.startswith(f"{OWN}/oauth/authorize?")


def test_signing_out_on_the_page_ends_the_way_in_elsewhere(member: Seeker) -> None:
    member.enter(PAGE)
    member.open("/sign-out").fill("sign-out-form")

    assert member.want(PAGE, **FETCH).status == 401


def test_disabled_account_is_refused_at_once(member: Seeker) -> None:
    member.enter(PAGE)
    member.site.house.flows.set_enabled(account_id(member.site), enabled=False)

    assert member.want(PAGE, **FETCH).status == 401
    assert member.want(OWN_PAGE, **FETCH).status == 401


def test_expired_session_is_refused(member: Seeker) -> None:
    member.enter(PAGE)
    member.site.clock.advance(timedelta(days=15))

    assert member.want(PAGE, **FETCH).status == 401
    assert member.want(OWN_PAGE, **FETCH).status == 401


def test_role_of_a_host_is_needed_and_its_loss_counts_at_once(member: Seeker) -> None:
    margaret, house = account_id(member.site), member.site.house
    house.flows.set_role(margaret, "keeper", granted=True)
    url = f"{VAULT}/box"
    assert member.enter(url).told["roles"] == "keeper"

    house.flows.set_role(margaret, "keeper", granted=False)

    member.want(url, **FETCH)
    assert problem(member.answer) == (403, "HOST_FORBIDDEN")
    assert "location" not in member.answer.headers


def test_person_without_the_role_of_a_host_reads_so_on_a_page_of_ours(member: Seeker) -> None:
    member.enter(f"{VAULT}/box")

    assert member.led_to == f"{OWN}/forward-auth/forbidden?host=https%3A%2F%2Fvault.example"
    assert member.site.notes.refusals[-1][::2] == ("HOST_FORBIDDEN", "/forward-auth")
    member.follow()
    assert member.status == 403
    assert member.paper.texts["error-code"] == "HOST_FORBIDDEN"
    assert member.paper.texts["account-name"] == "margaret"
    assert "vault.example" in member.paper.texts["host-link"]
    assert "sign-out-link" in member.paper.ids


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_no_navigation_is_told_of_a_closed_host_as_programs_are(member: Seeker, method: str) -> None:
    member.enter_as_far_as_possible(f"{VAULT}/box")

    assert problem(member.want(f"{VAULT}/box", method).answer) == (403, "HOST_FORBIDDEN")


def test_nginx_is_told_no_and_leads_to_the_page_when_it_asks_again(member: Seeker) -> None:
    url = f"{VAULT}/box"
    member.enter_as_far_as_possible(url)

    refused = problem(member.ask(url, **as_nginx(url), **NAVIGATION).answer)
    member.ask(url, at="/forward-auth/sign-in", **as_nginx(url), **NAVIGATION)
    led_to = member.led_to
    member.ask(url, at="/forward-auth/sign-in", **as_nginx(url), **FETCH)

    assert refused == (403, "HOST_FORBIDDEN")
    assert led_to.startswith(f"{OWN}/forward-auth/forbidden?")
    assert problem(member.answer) == (403, "HOST_FORBIDDEN")


@pytest.mark.parametrize("page", ["forbidden", "failed"])
@pytest.mark.parametrize("host", ["", "https://evil.example", "vault.example", "javascript:alert(1)", "//evil.example"])
def test_page_about_a_host_names_only_hosts_that_are_guarded(member: Seeker, page: str, host: str) -> None:
    member.open(f"/forward-auth/{page}?{urlencode({'host': host})}")

    assert "host-link" not in member.paper.ids
    assert "evil" not in member.answer.text
    assert "alert(1)" not in member.answer.text
    assert {"account-link", "home-link"} & member.paper.ids


def test_cookie_of_one_host_opens_no_other(member: Seeker) -> None:
    member.enter(PAGE)
    (cookie,) = (held.value for held in member.client.cookies.jar if held.name == "__Host-dw_gate")
    thief = Seeker(member.site)

    for url in (f"{VAULT}/box", OWN_PAGE):
        thief.ask(url, **as_traefik(url), **FETCH, cookie=f"__Host-dw_gate={cookie}; __Host-dw_sso={cookie}")
        assert thief.status == 401
    stolen = thief.ask(PAGE, **as_traefik(PAGE), cookie=f"__Host-dw_gate={cookie}")
    assert stolen.told["username"] == "margaret"
    assert (
        thief.open("/account").client.get("/v1/web/me", headers={"cookie": f"__Host-dw_gate={cookie}"}).status_code
        == 401
    )


def test_session_of_the_pages_counts_on_no_other_host(member: Seeker) -> None:
    sso = member.cookie("sso")
    thief = Seeker(member.site)

    thief.ask(PAGE, **as_traefik(PAGE), **FETCH, cookie=f"__Host-dw_sso={sso}; __Host-dw_gate={sso}")

    assert thief.status == 401


@pytest.mark.parametrize("cookie", ["__Host-dw_sso={0}; __Host-dw_sso=x", "__Host-dw_sso=x; __Host-dw_sso={0}"])
def test_planted_cookie_beside_the_own_is_refused(member: Seeker, cookie: str) -> None:
    thief = Seeker(member.site)

    thief.ask(OWN_PAGE, **as_traefik(OWN_PAGE), cookie=cookie.format(member.cookie("sso")))

    assert (thief.status, thief.answer.json()["code"]) == (403, "CREDENTIALS_MIXED")


def test_session_beside_a_token_is_refused(member: Seeker) -> None:
    member.want(OWN_PAGE, **FETCH, authorization="Bearer x")

    assert (member.status, member.answer.json()["code"]) == (403, "CREDENTIALS_MIXED")


def test_way_back_that_began_in_another_browser_leads_nowhere(stranger: Seeker, member: Seeker) -> None:
    """An attacker who is signed in sends their own way back to somebody else."""
    member.want(PAGE).follow()
    planted = member.led_to
    assert planted.startswith(f"{APP}/forward-auth/callback?")

    stranger.want(PAGE)
    stranger.open(planted)

    assert stranger.led_to == f"{OWN}/forward-auth/failed"
    assert "set-cookie" not in stranger.answer.headers
    assert member.follow_until(PAGE).want(PAGE).told["username"] == "margaret"


def test_browser_without_cookies_ends_at_a_page_instead_of_going_in_circles(member: Seeker) -> None:
    member.want(PAGE)
    forgetful = Seeker(member.site)
    forgetful.client.cookies = member.client.cookies
    way = member.led_to
    for cookie in list(member.client.cookies.jar):
        if cookie.name == "__Host-dw_gate_mark":
            member.client.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)

    member.open(way).follow()
    assert member.led_to == f"{OWN}/forward-auth/failed"

    member.follow()
    assert member.status == 400
    assert member.paper.texts["error-code"] == "ENTRY_REFUSED"


def changed(way: str) -> dict[str, str]:
    """Return ways back of which something was changed, by what it was."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
    target = query["state"].split(".")[1]
    other = target[:-2] + ("A" if target[-2] != "A" else "B") + target[-1]
    return {
        "twice": f"{way}&code={query['code']}",
        "target": way.replace(target, other),
        "expiry": way.replace("state=", "state=9"),
        "state": way.replace(query["state"], "x"),
        "code": way.replace(query["code"], "x"),
        "issuer": way.replace("iss=https%3A%2F%2Fauth.example", "iss=https%3A%2F%2Fevil.example"),
        **{f"no {name}": way.replace(f"{name}=", "x=") for name in ("code", "state", "iss")},
    }


def test_way_back_that_was_changed_leads_nowhere_and_uses_nothing_up(member: Seeker) -> None:
    member.want(PAGE).follow()
    way = member.led_to

    for what, other in changed(way).items():
        assert other != way, what
        assert member.open(other).led_to.partition("?")[0] == f"{OWN}/forward-auth/failed", what
    assert member.open(way).led_to == PAGE


def test_way_back_works_once_and_for_a_minute(member: Seeker) -> None:
    member.want(PAGE).follow()
    way = member.led_to
    assert member.open(way).led_to == PAGE
    assert member.open(way).led_to == f"{OWN}/forward-auth/failed?host=https%3A%2F%2Fapp.example"
    assert member.follow().paper.texts["host-link"] == "Open app.example again"

    member.want(f"{VAULT}/x").follow()
    member.site.clock.advance(timedelta(minutes=2))

    assert member.follow().led_to == f"{OWN}/forward-auth/failed?host=https%3A%2F%2Fvault.example"


def test_who_cancels_is_told_so_and_not_led_in_circles(stranger: Seeker) -> None:
    stranger.want(PAGE).follow().follow().fill("deny-form", decision="deny").follow()

    assert stranger.led_to == f"{OWN}/forward-auth/failed?host=https%3A%2F%2Fapp.example"


def test_two_tabs_both_come_back(stranger: Seeker) -> None:
    other = f"{APP}/other"
    stranger.want(PAGE)
    first = stranger.led_to
    stranger.want(other)
    second = stranger.led_to
    stranger.open(first).follow().fill("sign-in-form", username="margaret", password=PASSWORD)
    stranger.follow_until(PAGE)

    assert stranger.open(second).follow_until(other).want(other).told["username"] == "margaret"


def test_nobody_gets_a_token_as_a_guarded_host(member: Seeker) -> None:
    member.want(PAGE).follow()
    code = parse_qs(urlsplit(member.led_to).query)["code"][0]
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{APP}/forward-auth/callback"}

    for fields in (
        {"client_id": "doorward-at-app.example"},
        {"client_id": "doorward-at-app.example", "client_secret": ""},
    ):
        answer = member.client.post("/oauth/token", data={**asked, **fields, "code_verifier": "v" * 43})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert member.follow_until(PAGE).led_to == PAGE


def test_limit_holds_for_coming_back(member: Seeker) -> None:
    member.open("/forward-auth/callback")

    assert member.answer.headers["ratelimit-policy"].startswith('"authorize"')


def test_whoever_is_no_gateway_is_refused(member: Seeker) -> None:
    outsider = Seeker(member.site, ABROAD)
    outsider.client.cookies = member.client.cookies

    outsider.want(OWN_PAGE)

    assert (outsider.status, outsider.answer.json()["code"]) == (403, "GATEWAY_NOT_TRUSTED")
