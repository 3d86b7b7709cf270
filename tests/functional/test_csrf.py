"""Browsers' unsafe requests: which are taken for our own, and which for another site's."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from doorward.adapters.sql.store import SqlStore
from doorward.assembly.mounting import Mounted, mount
from doorward.mounted import BrowserUser
from tests.functional.site import SPA, Browser, Site, problem
from tests.house import PASSWORD, House

OWN: Final = "https://auth.example"
LOGIN: Final = {"username": "margaret", "password": PASSWORD}

UNSAFE: Final = (
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/login_web"),
    ("POST", "/v1/auth/refresh_web"),
    ("POST", "/v1/auth/logout_web"),
    ("PATCH", "/v1/web/me"),
    ("DELETE", "/v1/web/me"),
    ("PUT", "/v1/web/password"),
    ("DELETE", "/v1/web/sessions"),
    ("DELETE", "/v1/web/sessions/00000000000000000000000000"),
)


def send(browser: Browser, headers: Mapping[str, str], *, token: str | None = None) -> tuple[int, str]:
    del browser.client.headers["sec-fetch-site"]
    sent = {**headers, **({"x-csrf-token": token} if token else {})}
    answer = browser.client.post("/v1/auth/login_web", json=LOGIN, headers=sent)
    return answer.status_code, answer.json().get("reason", "")


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_line_break_after_a_path_leads_past_no_guard(site: Site, method: str, path: str) -> None:
    answer = site.client().request(method, f"{path}%0A", json=LOGIN, headers={"sec-fetch-site": "cross-site"})

    assert problem(answer) in {(404, "NOT_FOUND"), (403, "CSRF_FAILED")}


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        pytest.param({"sec-fetch-site": "same-origin"}, (200, ""), id="same origin"),
        pytest.param({"sec-fetch-site": "same-origin", "origin": OWN}, (200, ""), id="same origin twice told"),
        pytest.param({"sec-fetch-site": "same-site"}, (403, "cross_site"), id="sibling domain"),
        pytest.param({"sec-fetch-site": "cross-site"}, (403, "cross_site"), id="other site"),
        pytest.param({"sec-fetch-site": "none"}, (403, "cross_site"), id="typed by hand"),
        pytest.param({"sec-fetch-site": "cross-site", "origin": OWN}, (403, "cross_site"), id="claims our origin"),
        pytest.param({"sec-fetch-site": ""}, (403, "cross_site"), id="empty"),
        pytest.param({"origin": OWN}, (200, ""), id="our origin, old browser"),
        pytest.param({"origin": SPA}, (200, ""), id="allowed origin, old browser"),
        pytest.param({"origin": "null"}, (403, "origin_not_allowed"), id="null origin"),
        pytest.param({"origin": OWN.upper()}, (403, "origin_not_allowed"), id="another spelling"),
        pytest.param({"origin": OWN + "/"}, (403, "origin_not_allowed"), id="origin with a path"),
        pytest.param({"origin": OWN + ".evil.example"}, (403, "origin_not_allowed"), id="our origin as a prefix"),
        pytest.param({"origin": "http://auth.example"}, (403, "origin_not_allowed"), id="other scheme"),
        pytest.param({"referer": OWN + "/"}, (403, "origin_missing"), id="referer alone"),
        pytest.param({}, (403, "origin_missing"), id="nothing told"),
    ],
)
def test_source_of_a_request_with_a_good_token(
    site: Site, headers: Mapping[str, str], outcome: tuple[int, str]
) -> None:
    site.house.account()
    browser = site.browser()
    token = browser.token()

    assert send(browser, headers, token=token) == outcome


def test_token_is_needed(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.token()

    assert send(browser, {"sec-fetch-site": "same-origin"}) == (403, "token_missing")


def test_token_without_a_pre_session_is_worth_nothing(site: Site) -> None:
    token = site.browser().token()

    assert send(site.browser(), {"sec-fetch-site": "same-origin"}, token=token) == (403, "session_missing")


def test_token_of_another_browser_is_refused(site: Site) -> None:
    browser, other = site.browser(), site.browser()
    browser.token()

    assert send(browser, {"sec-fetch-site": "same-origin"}, token=other.token()) == (403, "token_invalid")


def test_token_for_a_pre_session_that_is_called_like_a_session_is_refused(site: Site) -> None:
    site.house.account()
    browser, planter = site.browser(), site.browser()
    browser.sign_in()
    session_id = browser.get("/v1/web/sessions").json()[0]["id"]
    planter.client.cookies.set("__Host-dw_pre", session_id, domain="auth.example")

    answer = browser.send("PATCH", "/v1/web/me", {}, headers={"x-csrf-token": planter.token()})

    assert answer.json()["reason"] == "token_invalid"


def test_token_cookie_is_never_compared_with_the_header(site: Site) -> None:
    browser = site.browser()
    browser.token()
    browser.client.cookies.set("__Host-dw_csrf", "planted", domain="auth.example")

    assert send(browser, {"sec-fetch-site": "same-origin"}, token="planted") == (403, "token_invalid")


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_web_route_refuses_another_site(site: Site, method: str, path: str) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    before = site.file.read_bytes()

    answer = browser.send(method, path, headers={"sec-fetch-site": "cross-site"})

    assert problem(answer) == (403, "CSRF_FAILED")
    assert answer.json()["reason"] == "cross_site"
    assert site.file.read_bytes() == before


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_web_route_needs_a_token_in_a_session(site: Site, method: str, path: str) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()

    answer = browser.client.request(method, path)

    assert problem(answer) == (403, "CSRF_FAILED")
    assert answer.json()["reason"] == "token_missing"


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_web_route_refuses_a_stranger(site: Site, method: str, path: str) -> None:
    answer = site.client().request(method, path, headers={"sec-fetch-site": "same-origin"})

    if path.startswith("/v1/web/"):
        assert problem(answer) in ((401, "NOT_AUTHENTICATED"), (422, "VALIDATION_FAILED"))
    else:
        assert problem(answer) == (403, "CSRF_FAILED")


def test_expired_session_is_answered_as_one_and_not_as_a_forgery(site: Site) -> None:
    site.house.account()
    browser = site.browser()
    browser.sign_in()
    browser.client.cookies.delete("__Host-dw_access", domain="auth.example")

    answer = browser.client.patch("/v1/web/me", json={}, headers={"x-csrf-token": browser.cookie("csrf") or ""})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")


def test_refusal_is_told_to_the_operator_with_its_reason(site: Site) -> None:
    browser = site.browser()

    browser.send("POST", "/v1/auth/login_web", LOGIN, headers={"sec-fetch-site": "cross-site"})

    assert site.notes.refusals[-1][:3] == ("CSRF_FAILED", "cross_site", "/v1/auth/login_web")


def test_mobile_and_public_routes_need_none(site: Site) -> None:
    site.house.account()
    app = site.device()

    answer = app.client.post(
        "/v1/auth/login_mobile", json=LOGIN, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    )

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def signed_in_elsewhere(site: Site) -> str:
    """Return the access token of somebody who signed in at another instance, by a key that this one has not read."""
    site.house.account()
    site.house.flows.keyring.refresh()
    store = SqlStore(f"sqlite:///{site.file}", on_change=lambda _: None, on_jobs=lambda: None)
    elsewhere = House(store, site.clock)
    elsewhere.flows.rotate_keys(force=True)
    site.clock.advance(timedelta(days=2))
    access_token = elsewhere.sign_in().access_token
    store.close()
    return access_token


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/web/sessions"), ("PATCH", "/v1/web/me")])
def test_request_without_a_token_is_refused_when_keys_are_read_only_after_the_guard(
    site: Site, method: str, path: str
) -> None:
    browser = site.browser()
    browser.client.cookies.set("__Host-dw_access", signed_in_elsewhere(site), domain="auth.example")

    answer = browser.client.request(method, path, json={"username": "mallory"})
    again = browser.client.request(method, path, json={"username": "mallory"})

    assert problem(answer) == (401, "NOT_AUTHENTICATED")
    assert problem(again) == (403, "CSRF_FAILED")
    assert browser.client.get("/v1/web/me").json()["username"] == "margaret"


def test_request_beside_without_a_token_is_refused_when_keys_are_read_only_after_the_guard(site: Site) -> None:
    ordered: list[str] = []
    host = FastAPI()
    host.post("/orders")(_orders(ordered))
    mount(host, Mounted("/auth", {}, lambda: site.app))
    client = TestClient(host, base_url=OWN, headers={"sec-fetch-site": "same-origin"})
    client.cookies.set("__Host-dw_access", signed_in_elsewhere(site), domain="auth.example")

    answers = [client.post("/orders") for _ in range(2)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "NOT_AUTHENTICATED"),
        (403, "CSRF_FAILED"),
    ]
    assert ordered == []


def _orders(ordered: list[str]) -> Callable[[BrowserUser], None]:
    def order(user: BrowserUser) -> None:
        ordered.append(user.profile.username)

    return order
