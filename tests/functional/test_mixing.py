"""Browsers and apps never meet: each kind of route sees its own credentials alone."""

from typing import Final

import pytest
from httpx2 import Response

from tests.functional.site import CSRF, Site, problem

WEB: Final = (("GET", "/v1/web/me"), ("GET", "/v1/web/sessions"), ("GET", "/v1/web/me/export"))
MOBILE: Final = (
    ("GET", "/v1/mobile/me"),
    ("GET", "/v1/mobile/sessions"),
    ("GET", "/v1/mobile/me/export"),
    ("DELETE", "/v1/mobile/sessions"),
    ("DELETE", "/v1/mobile/me"),
    ("POST", "/v1/auth/logout_mobile"),
)


def bare(answer: Response) -> tuple[int, dict[str, object]]:
    body = answer.json()
    return answer.status_code, {**body, "request_id": ""}


@pytest.mark.parametrize(("method", "path"), WEB)
def test_bearer_token_on_a_web_route_counts_as_none(site: Site, method: str, path: str) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()

    answer = app.send(method, path)

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert bare(answer) == bare(site.client().request(method, path))


@pytest.mark.parametrize(("method", "path"), MOBILE)
def test_session_cookie_on_a_mobile_route_counts_as_none(site: Site, method: str, path: str) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    answer = browser.client.request(method, path)

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert bare(answer) == bare(site.client().request(method, path))


def test_access_token_of_a_browser_is_no_bearer_token(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    answer = site.client().get("/v1/mobile/me", headers={"authorization": f"Bearer {browser.cookie('access')}"})

    assert problem(answer) == (401, "TOKEN_INVALID")


def test_access_token_of_an_app_is_no_cookie(site: Site) -> None:
    site.house.account()
    app, browser = site.device(), site.browser()
    app.sign_in()
    browser.client.cookies.set("__Host-dw_access", app.access_token, domain="auth.example")

    assert problem(browser.get("/v1/web/me")) == (401, "TOKEN_INVALID")


def test_both_at_once_each_route_takes_its_own(site: Site) -> None:
    site.house.account()
    site.house.account("ada")
    app, browser = site.device(), site.browser()
    app.sign_in("ada")
    browser.sign_in("margaret")
    both = {"authorization": f"Bearer {app.access_token}"}

    assert browser.get("/v1/web/me", **both).json()["username"] == "margaret"
    assert browser.get("/v1/mobile/me", **both).json()["username"] == "ada"


def test_csrf_token_for_an_app_is_bound_to_no_session_of_it(site: Site) -> None:
    site.house.account()
    app = site.device()
    app.sign_in()

    assert "dw_pre" in app.get(CSRF).headers["set-cookie"] + str(app.client.cookies)


@pytest.mark.parametrize("path", ["/v1/auth/verify_email", "/v1/auth/forgot_password", "/v1/auth/refresh_mobile"])
def test_public_route_answers_the_same_whatever_credentials_come_along(site: Site, path: str) -> None:
    site.house.account()
    app, browser = site.device(), site.browser()
    app.sign_in()
    browser.sign_in()
    body = {"token": "x", "email": "nobody@mail.example", "refresh_token": "x"}
    field = {"verify_email": "token", "forgot_password": "email", "refresh_mobile": "refresh_token"}
    sent = {field[path.rpartition("/")[2]]: body[field[path.rpartition("/")[2]]]}

    plain = site.client().post(path, json=sent)
    laden = browser.client.post(path, json=sent, headers={"authorization": f"Bearer {app.access_token}"})

    assert bare(plain) == bare(laden)
    assert "set-cookie" not in laden.headers


@pytest.mark.parametrize("name", ["access", "refresh", "csrf", "pre", "device"])
@pytest.mark.parametrize("path", ["/v1/web/me", CSRF])
def test_cookie_that_comes_twice_is_refused(site: Site, name: str, path: str) -> None:
    prefix = "__Secure-" if name == "refresh" else "__Host-"
    cookies = f"{prefix}dw_{name}=one; theme=dark; {prefix}dw_{name}=two"

    assert problem(site.client().get(path, headers={"cookie": cookies})) == (400, "COOKIE_REPEATED")


def test_cookie_in_two_headers_is_refused_too(site: Site) -> None:
    headers = [("cookie", "__Host-dw_access=one"), ("cookie", "__Host-dw_access=one")]

    assert problem(site.client().get("/v1/web/me", headers=headers)) == (400, "COOKIE_REPEATED")


def test_cookie_without_its_prefix_counts_as_none(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    answer = site.client().get("/v1/web/me", headers={"cookie": f"dw_access={browser.cookie('access')}"})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
