"""Signing browsers in, on and out."""

from datetime import timedelta

import pytest

from doorward.core.access.records import OPERATOR
from tests.functional.site import ABROAD, Site, problem
from tests.house import PASSWORD, WRONG_PASSWORD

LOGIN = "/v1/auth/login_web"
REFRESH = "/v1/auth/refresh_web"
LOGOUT = "/v1/auth/logout_web"


def set_cookies(answer: object) -> dict[str, str]:
    headers = getattr(answer, "headers")  # noqa: B009
    lines: list[str] = headers.get_list("set-cookie")
    return {line.partition("=")[0].rpartition("dw_")[2]: line for line in lines}


@pytest.mark.parametrize("login", ["margaret", "MARGARET", "margaret@mail.example", "Margaret@MAIL.example"])
def test_login_web_right_password_signs_in_by_cookies_alone(site: Site, login: str) -> None:
    site.house.account()
    browser = site.browser()

    answer = browser.sign_in(login)

    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "margaret"
    assert set(answer.json()) == {"user"}
    assert {"access", "refresh", "csrf", "device"} <= browser.cookies()
    for name in ("access", "refresh", "device"):
        value = browser.cookie(name)
        assert value is not None
        assert value not in answer.text
    assert browser.get("/v1/web/me").json() == answer.json()["user"]


def test_login_web_cookies_have_their_flags(site: Site) -> None:
    site.house.account()

    lines = set_cookies(site.browser().sign_in())

    for name in ("access", "refresh", "device"):
        assert "; HttpOnly" in lines[name]
    assert "HttpOnly" not in lines["csrf"]
    for line in lines.values():
        assert "; Secure" in line
        assert "domain" not in line.lower()
        assert len(line) <= 4096
    assert "Path=/v1/auth;" in lines["refresh"]
    for name in ("access", "refresh", "csrf", "device"):
        assert "SameSite=strict" in lines[name]


def test_login_web_ends_the_pre_session(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.token()
    assert "pre" in browser.cookies()

    browser.sign_in()

    assert "pre" not in browser.cookies()


def test_login_web_token_of_the_pre_session_is_worth_nothing_afterwards(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    before = browser.token()
    browser.sign_in()

    answer = browser.client.patch("/v1/web/me", json={}, headers={"x-csrf-token": before})

    assert problem(answer) == (403, "CSRF_FAILED")


def test_login_web_new_cookie_token_is_good_at_once(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    token = browser.cookie("csrf") or ""

    answer = browser.client.patch("/v1/web/me", json={}, headers={"x-csrf-token": token})

    assert answer.status_code == 200


def test_login_web_session_held_before_ends(site: Site) -> None:
    account_id = site.house.account()
    browser = site.browser()
    browser.sign_in()
    first = browser.cookie("access")

    browser.sign_in()

    assert browser.cookie("access") != first
    assert len(site.house.flows.list_sessions(account_id)) == 1


@pytest.mark.parametrize(
    ("login", "password"),
    [("margaret", WRONG_PASSWORD), ("nobody", PASSWORD), ("claimed", PASSWORD), ("off", PASSWORD), ("' OR 1=1", "x")],
)
def test_login_web_every_refusal_is_the_same(site: Site, login: str, password: str) -> None:
    site.house.account()
    site.house.claim("claimed")
    site.house.account("off")
    site.house.flows.set_enabled("off", enabled=False)
    expected = site.browser().sign_in("margaret", WRONG_PASSWORD)

    answer = site.browser().sign_in(login, password)

    assert problem(answer) == (401, "INVALID_CREDENTIALS")
    mine, theirs = answer.json(), expected.json()
    assert {**mine, "request_id": ""} == {**theirs, "request_id": ""}
    assert set(answer.headers) == set(expected.headers)
    assert set_cookies(answer) == {}
    assert len(answer.content) == len(expected.content)


def test_login_web_five_failures_suspend_strangers_and_not_the_known_device(site: Site) -> None:
    site.house.account()
    known = site.browser()
    known.sign_in()
    stranger = site.browser(ABROAD)

    for _ in range(5):
        assert stranger.sign_in("margaret", WRONG_PASSWORD).status_code == 401

    assert problem(stranger.sign_in()) == (401, "INVALID_CREDENTIALS")
    assert known.sign_in().status_code == 200


def test_refresh_web_gives_new_cookies(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    before = (browser.cookie("access"), browser.cookie("refresh"))
    site.clock.advance(timedelta(minutes=6))

    assert problem(browser.get("/v1/web/me"))[0] == 401
    answer = browser.send("POST", REFRESH)

    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "margaret"
    assert browser.cookie("access") not in (None, before[0])
    assert browser.cookie("refresh") not in (None, before[1])
    assert browser.get("/v1/web/me").status_code == 200


def test_refresh_web_works_with_the_cookie_token_after_the_access_token_expired(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    token = browser.cookie("csrf") or ""
    site.clock.advance(timedelta(hours=2))

    answer = browser.client.post(REFRESH, headers={"x-csrf-token": token})

    assert answer.status_code == 200


def test_refresh_web_without_a_session_is_refused(site: Site) -> None:
    assert problem(site.browser().send("POST", REFRESH)) == (401, "NOT_AUTHENTICATED")


def test_refresh_web_used_token_ends_the_session(site: Site) -> None:
    site.house.account()
    browser, thief = site.browser(), site.browser(ABROAD)
    browser.sign_in()
    stolen = browser.cookie("refresh") or ""
    browser.send("POST", REFRESH)
    site.clock.advance(timedelta(minutes=1))
    thief.client.cookies.set("__Secure-dw_refresh", stolen, domain="auth.example", path="/v1/auth")

    answer = thief.send("POST", REFRESH)

    assert problem(answer) == (401, "TOKEN_INVALID")
    assert browser.send("POST", REFRESH).status_code == 401


def test_refresh_web_of_a_mobile_token_is_refused(site: Site) -> None:
    site.house.account()
    app, browser = site.device(), site.browser()
    app.sign_in()
    browser.client.cookies.set("__Secure-dw_refresh", app.refresh_token, domain="auth.example", path="/v1/auth")

    assert problem(browser.send("POST", REFRESH)) == (401, "TOKEN_INVALID")
    assert app.refresh().status_code == 200


def test_logout_web_ends_the_session_and_its_cookies(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    access = browser.cookie("access") or ""

    answer = browser.send("POST", LOGOUT)

    assert answer.status_code == 204
    assert answer.content == b""
    assert browser.cookies() == {"device"}
    browser.client.cookies.set("__Host-dw_access", access, domain="auth.example")
    assert problem(browser.get("/v1/web/me"))[0] == 401


def test_logout_web_works_when_the_access_token_has_expired(site: Site) -> None:
    account_id = site.house.account()
    browser = site.browser()
    browser.sign_in()
    site.clock.advance(timedelta(hours=3))

    answer = browser.send("POST", LOGOUT)

    assert answer.status_code == 204
    assert site.house.flows.list_sessions(account_id) == ()


def test_logout_web_works_with_the_access_token_alone(site: Site) -> None:
    account_id = site.house.account()
    browser = site.browser()
    browser.sign_in()
    browser.client.cookies.delete("__Secure-dw_refresh", domain="auth.example", path="/v1/auth")

    assert browser.send("POST", LOGOUT).status_code == 204
    assert site.house.flows.list_sessions(account_id) == ()


def test_logout_web_twice_is_no_error(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    assert [browser.send("POST", LOGOUT).status_code for _ in range(2)] == [204, 204]


def test_me_roles_are_those_of_the_account(site: Site) -> None:
    site.house.account()
    site.house.flows.set_role("margaret", OPERATOR, granted=True)
    browser = site.browser()

    assert browser.sign_in().json()["user"]["roles"] == [OPERATOR]
