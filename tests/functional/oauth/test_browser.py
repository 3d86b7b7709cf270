"""What pages get whose refresh token is a cookie, and for how long."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.ids import ClientId
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.rules import OVERLAP
from tests.applications import SPA, Application, another, claims
from tests.builders import ISSUER
from tests.functional.oauth.conftest import error
from tests.functional.oauth.tabs import REFRESH, SIGN_OUT, TOKEN, Tab
from tests.functional.site import Site
from tests.proofs import Holder


@pytest.fixture
def tab(people: Site) -> Tab:
    return Tab(people)


@pytest.mark.requirement("C-01")
def test_browser_code_brings_an_access_token_and_a_cookie(tab: Tab) -> None:
    answer = tab.exchange()

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    (told,) = answer.headers.get_list("set-cookie")
    value, *flags = told.split("; ")
    assert value.startswith(f"{tab.name}=dwr1_")
    assert {flag.lower() for flag in flags} == {"httponly", "secure", "samesite=strict", "path=/", "max-age=1209600"}


def test_browser_refresh_by_the_cookie_brings_the_next_of_both(tab: Tab) -> None:
    first = tab.exchange()
    before = tab.cookie

    second = tab.refresh()

    assert second.status_code == 200
    assert "refresh_token" not in second.json()
    assert tab.cookie not in (None, before)
    assert claims(second.json()["access_token"])["sid"] == claims(first.json()["access_token"])["sid"]


def test_browser_refresh_without_a_cookie_is_refused(tab: Tab) -> None:
    tab.signed_in().browser.client.cookies.clear()

    assert error(tab.refresh()) == (400, "invalid_grant")


@pytest.mark.parametrize("token", ["dwr1_x", "nonsense", "dwr1_" + "a" * 200])
def test_browser_refresh_with_a_token_that_is_none_is_refused(tab: Tab, token: str) -> None:
    assert error(tab.signed_in().refresh(token)) == (400, "invalid_grant")


def test_browser_refresh_may_narrow(tab: Tab) -> None:
    answer = tab.signed_in().refresh(scope="openid")

    assert answer.json()["scope"] == "openid"
    assert error(tab.refresh(scope="openid admin")) == (400, "invalid_scope")


@pytest.mark.requirement("A-18")
def test_browser_is_told_of_details_and_may_name_a_part_of_them(tab: Tab) -> None:
    first, second = {"type": "payment", "amount": 12}, {"type": "payment", "amount": 13}

    whole = tab.exchange(tab.app.code(details=json.dumps([first, second])))
    part = tab.refresh(authorization_details=json.dumps([second]))
    more = tab.refresh(authorization_details=json.dumps([second, second]))

    assert whole.json()["authorization_details"] == [first, second]
    assert part.json()["authorization_details"] == claims(part.json()["access_token"])["authorization_details"]
    assert part.json()["authorization_details"] == [second]
    assert error(more) == (400, "invalid_authorization_details")


# One client, one entrance.


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_token_endpoint_gives_nothing_to_a_client_with_a_cookie(tab: Tab, grant: str) -> None:
    form = {"client_id": tab.client.id, **tab.form(), "grant_type": grant}
    tab.signed_in()
    form["refresh_token"] = tab.cookie or ""

    answer = tab.site.client().post("/oauth/token", data=form)

    assert error(answer) == (400, "unauthorized_client")
    assert tab.refresh().status_code == 200
    assert tab.exchange(form["code"]).status_code == 200


def test_browser_entrance_gives_nothing_to_a_client_without_a_cookie(people: Site) -> None:
    tab = Tab(people, another(SPA))
    issued = tab.app.exchange()

    answers = [tab.exchange(), tab.refresh(issued.refresh_token), tab.post(SIGN_OUT)]

    assert [error(answer) for answer in answers] == [(400, "unauthorized_client")] * 3
    assert tab.app.is_live(issued)
    assert tab.cookie is None


@pytest.mark.parametrize("name", ["refresh_token", "client_secret", "client_assertion"])
def test_browser_credential_in_the_form_is_refused(tab: Tab, name: str) -> None:
    more = {name: tab.signed_in().cookie or ""}

    answers = [tab.exchange(**more), tab.refresh(**more)]

    assert [error(answer) for answer in answers] == [(400, "invalid_request")] * 2


def test_browser_token_in_the_form_takes_no_cookies_place(tab: Tab) -> None:
    tab.signed_in()
    token = tab.cookie or ""
    tab.browser.client.cookies.clear()

    assert error(tab.post(REFRESH, refresh_token=token)) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_cookie_counts_for_nothing_where_applications_hold_their_tokens(tab: Tab, path: str) -> None:
    first = tab.exchange()

    answer = tab.post(path, grant_type="refresh_token")

    assert answer.status_code in (400, 401)
    assert tab.end_reason(first) is None


def test_browser_tabs_that_refresh_at_once_all_get_tokens_and_one_cookie(tab: Tab) -> None:
    tab.signed_in()
    held = tab.cookie or ""

    answers = [tab.refresh(held) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.headers["set-cookie"] for answer in answers}) == 1


def test_browser_tab_that_is_late_is_answered_though_others_refreshed_since(tab: Tab) -> None:
    tab.signed_in()
    held = tab.cookie or ""
    tab.refresh()
    next_one = tab.cookie

    others, late = [tab.refresh() for _ in range(3)], tab.refresh(held)

    assert [answer.status_code for answer in (*others, late)] == [200] * 4
    assert tab.cookie == next_one


def test_browser_tabs_that_always_refresh_at_once_are_never_taken_for_thieves(tab: Tab) -> None:
    first = tab.exchange()

    for _ in range(12):
        held = tab.cookie or ""
        assert [tab.refresh(held).status_code for _ in range(2)] == [200, 200]
        tab.site.clock.advance(timedelta(minutes=4))

    assert tab.end_reason(first) is None


def test_browser_token_rotates_when_nobody_can_come_late_any_more(tab: Tab) -> None:
    tab.signed_in().refresh()
    held = tab.cookie
    tab.site.clock.advance(OVERLAP + timedelta(seconds=1))

    tab.refresh()

    assert tab.cookie != held


def test_browser_thief_who_comes_later_ends_the_session(tab: Tab) -> None:
    first = tab.exchange()
    stolen = tab.cookie or ""
    tab.refresh()
    tab.site.clock.advance(timedelta(minutes=1))

    answer = tab.refresh(stolen)

    assert error(answer) == (400, "invalid_grant")
    assert tab.end_reason(first) is EndReason.REUSE_DETECTED
    assert error(tab.refresh()) == (400, "invalid_grant")


def test_browser_thief_who_keeps_step_without_the_device_is_found_out(tab: Tab) -> None:
    first = tab.exchange()
    statuses = []

    for _ in range(4):
        stolen = tab.cookie or ""
        tab.refresh()
        thief = tab.post(REFRESH, {"cookie": f"{tab.name}={stolen}"})
        statuses.append(thief.status_code)
        tab.site.clock.advance(timedelta(minutes=4))

    assert statuses == [200, 200, 400, 400]
    assert tab.end_reason(first) is EndReason.REUSE_DETECTED


def test_browser_refusal_leaves_the_cookie_to_the_tab_that_got_a_new_one(tab: Tab) -> None:
    tab.signed_in()
    old = tab.cookie or ""
    tab.signed_in()

    answer = tab.refresh(old)

    assert error(answer) == (400, "invalid_grant")
    assert "set-cookie" not in answer.headers
    assert tab.refresh().status_code == 200


def test_browser_next_sign_in_ends_the_session_whose_cookie_it_takes(tab: Tab) -> None:
    first = tab.exchange()

    second = tab.exchange()

    assert tab.end_reason(first) is EndReason.REPLACED
    assert tab.end_reason(second) is None


def test_browser_sign_out_ends_the_session_of_the_application_alone(tab: Tab) -> None:
    first = tab.exchange()

    answer = tab.post(SIGN_OUT)

    assert (answer.status_code, answer.json()) == (200, {})
    assert tab.cookie is None
    assert tab.end_reason(first) is EndReason.SIGNED_OUT
    assert tab.browser.get("/v1/web/me").status_code == 200
    assert tab.post(SIGN_OUT).status_code == 200


def test_browser_signing_out_here_ends_what_the_application_keeps(tab: Tab) -> None:
    tab.signed_in().app.sign_out()

    assert error(tab.refresh()) == (400, "invalid_grant")


def test_browser_code_of_another_client_is_refused(tab: Tab) -> None:
    other = Application(tab.site.house, another(SPA, uses_refresh_cookie=True))

    assert error(tab.exchange(other.code())) == (400, "invalid_grant")
    assert tab.cookie is None


def test_browser_stolen_code_without_the_verifier_is_refused(tab: Tab) -> None:
    assert error(tab.exchange(code_verifier="x" * 43)) == (400, "invalid_grant")
    assert tab.cookie is None


def test_browser_tokens_may_be_bound_to_a_key(tab: Tab) -> None:
    now, nonces = tab.site.clock.now(), tab.site.house.tools.nonces
    made = {
        path: Holder().proof("POST", f"{ISSUER}{path}", now, nonce=nonces.current(now)) for path in (TOKEN, REFRESH)
    }
    form = tab.form()

    first = tab.post(TOKEN, {"dpop": made[TOKEN]}, **form)
    without = tab.refresh()
    second = tab.post(REFRESH, {"dpop": made[REFRESH]})

    assert [answer.json().get("token_type") for answer in (first, second)] == ["DPoP", "DPoP"]
    assert first.headers["dpop-nonce"]
    assert error(without) == (400, "invalid_grant")


def test_browser_client_that_must_bind_its_tokens_is_held_to_it(people: Site) -> None:
    tab = Tab(people, another(SPA, uses_refresh_cookie=True, requires_dpop=True))

    assert error(tab.exchange()) == (400, "invalid_dpop_proof")


def test_browser_client_id_of_an_operators_choice_is_a_good_name_for_a_cookie(people: Site) -> None:
    tab = Tab(people, another(SPA, id=ClientId("Reports_2.0~beta-1"), uses_refresh_cookie=True))

    assert tab.signed_in().refresh().status_code == 200


def test_browser_session_of_the_server_is_no_session_of_an_application(tab: Tab) -> None:
    own = tab.browser.cookie("refresh") or ""

    answers = [tab.refresh(own), tab.post(SIGN_OUT, {"cookie": f"{tab.name}={own}"})]

    assert [answer.status_code for answer in answers] == [400, 200]
    assert tab.browser.get("/v1/web/me").status_code == 200


def test_browser_cookie_of_a_session_that_has_ended_can_be_signed_out_of(tab: Tab) -> None:
    first = tab.exchange()
    held = tab.cookie
    tab.app.sign_out()

    answer = tab.post(SIGN_OUT, {"cookie": f"{tab.name}={held}"})

    assert answer.status_code == 200
    assert tab.end_reason(first) is EndReason.SIGNED_OUT


def test_browser_client_that_changes_its_entrance_takes_nothing_along(tab: Tab) -> None:
    tab.signed_in()
    held = tab.cookie or ""
    change = tab.site.house.flows.clients.change

    change(tab.client.id, lambda client: replace(client, uses_refresh_cookie=False))
    by_cookie = tab.refresh()
    change(tab.client.id, lambda client: replace(client, uses_refresh_cookie=True))
    form = {"grant_type": "refresh_token", "refresh_token": held, "client_id": tab.client.id}
    by_form = tab.site.client().post("/oauth/token", data=form)

    assert [error(answer) for answer in (by_cookie, by_form)] == [(400, "unauthorized_client")] * 2
    assert tab.refresh().status_code == 200
