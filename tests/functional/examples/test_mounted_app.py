"""The guest book, with the twin in the place of the server that is mounted in it."""

import importlib
from datetime import timedelta

import pytest
from fastapi import FastAPI

from doorward.assembly.mounting import mounted_in
from doorward.mounted import BrowserUser
from doorward.testing.clients import Mobile, Web
from doorward.testing.clock import FixedClock
from doorward.testing.twin import Twin

HELLO = {"text": "It was lovely here."}


@pytest.fixture
def twin(doorward: Twin) -> Twin:
    guest_book = importlib.import_module("examples.mounted_app.app")
    guest_book.book._entries.clear()
    doorward.mount_in(guest_book.app)
    return doorward


@pytest.fixture
def browser(twin: Twin) -> Web:
    return twin.web(twin.account("ada"))


@pytest.fixture
def app(twin: Twin) -> Mobile:
    return twin.mobile(twin.account("grace"))


def test_browser_writes_and_reads_as_who_is_signed_in(browser: Web) -> None:
    written = browser.post("/web/entries", json=HELLO)

    assert written.status_code == 201
    assert browser.get("/web/entries").json() == [{"author": "ada", **HELLO}]


def test_app_writes_and_reads_as_who_is_signed_in(app: Mobile) -> None:
    written = app.post("/app/entries", json=HELLO)

    assert written.status_code == 201
    assert app.get("/app/entries").json() == [{"author": "grace", **HELLO}]


@pytest.mark.parametrize(
    ("path", "challenge"),
    [pytest.param("/web/entries", None, id="web"), pytest.param("/app/entries", "Bearer", id="app")],
)
def test_nobody_is_refused(twin: Twin, path: str, challenge: str | None) -> None:
    refused = twin.anonymous().get(path)

    assert (refused.status_code, refused.json()["code"]) == (401, "NOT_AUTHENTICATED")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers.get("www-authenticate") == challenge


def test_browser_session_opens_no_route_of_apps(browser: Web) -> None:
    refused = browser.get("/app/entries")

    assert (refused.status_code, refused.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_token_of_an_app_opens_no_route_of_browsers(app: Mobile) -> None:
    refused = app.get("/web/entries")

    assert (refused.status_code, refused.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_access_cookie_as_a_bearer_is_refused(twin: Twin, browser: Web) -> None:
    stolen = next(cookie.value for cookie in browser.cookies.jar if cookie.name.endswith("dw_access"))

    refused = twin.anonymous().get("/app/entries", headers={"authorization": f"Bearer {stolen}"})

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_token_of_an_app_as_a_cookie_is_refused(twin: Twin, browser: Web, app: Mobile) -> None:
    name = next(cookie.name for cookie in browser.cookies.jar if cookie.name.endswith("dw_access"))

    refused = twin.anonymous().get("/web/entries", headers={"cookie": f"{name}={app.access_token}"})

    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        pytest.param({"sec-fetch-site": "cross-site"}, "cross_site", id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, "cross_site", id="a sibling host"),
        pytest.param({"x-csrf-token": "stolen"}, "token_invalid", id="a made-up token"),
    ],
)
def test_forged_request_of_a_browser_changes_nothing(browser: Web, headers: dict[str, str], reason: str) -> None:
    refused = browser.post("/web/entries", json=HELLO, headers=headers)

    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (403, "CSRF_FAILED", reason)
    assert browser.get("/web/entries").json() == []


def test_token_against_forgery_of_another_session_is_refused(twin: Twin, browser: Web) -> None:
    other = twin.web(twin.account("eve")).csrf_token()

    refused = browser.post("/web/entries", json=HELLO, headers={"x-csrf-token": other})

    assert (refused.status_code, refused.json()["reason"]) == (403, "token_invalid")


def test_field_that_may_come_once_is_refused_twice(app: Mobile) -> None:
    token = f"Bearer {app.access_token}"

    refused = app.get("/app/entries", headers=[("authorization", token), ("authorization", token)])

    assert (refused.status_code, refused.json()["code"]) == (400, "HEADER_REPEATED")


def test_session_that_ended_is_refused_at_once(browser: Web, app: Mobile) -> None:
    kept = {"authorization": f"Bearer {app.access_token}"}
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)

    browser.sign_out()
    app.sign_out()

    assert app.get("/app/entries", headers=kept).status_code == 401
    assert browser.get("/web/entries", headers={"cookie": cookies}).status_code == 401


@pytest.mark.parametrize("path", ["/web/entries", "/app/entries"])
def test_removing_needs_a_sign_in_of_the_last_minutes(
    browser: Web, app: Mobile, doorward_clock: FixedClock, path: str
) -> None:
    caller = browser if path == "/web/entries" else app
    caller.post(path, json=HELLO)
    doorward_clock.advance(timedelta(minutes=6))
    caller.refresh()

    refused = caller.delete(path)

    assert (refused.status_code, refused.json()["code"]) == (401, "REAUTHENTICATION_REQUIRED")
    assert len(caller.get(path).json()) == 1


def test_removing_just_after_signing_in_removes_what_is_ones_own(browser: Web, app: Mobile) -> None:
    browser.post("/web/entries", json=HELLO)
    app.post("/app/entries", json=HELLO)

    removed = browser.delete("/web/entries")

    assert removed.status_code == 204
    assert browser.get("/web/entries").json() == [{"author": "grace", **HELLO}]


def test_page_is_served_beside_the_server(browser: Web) -> None:
    page, script, sign_in = browser.get("/"), browser.get("/page.js"), browser.get("/auth/register")

    assert [answer.status_code for answer in (page, script, sign_in)] == [200, 200, 200]
    assert "Guest book" in page.text


def test_both_ways_show_in_the_document(browser: Web) -> None:
    document = browser.get("/openapi.json").json()

    paths = document["paths"]
    assert paths["/web/entries"]["get"]["security"] == [{"Session": []}]
    assert paths["/app/entries"]["get"]["security"] == [{"App": []}]


def test_route_of_an_application_without_the_server_says_what_is_missing(doorward: Twin) -> None:
    bare, other = FastAPI(), FastAPI()

    @bare.get("/mine")
    def mine(user: BrowserUser) -> str:
        return user.profile.username

    doorward.mount_in(other)
    other.mount("/inner", bare)

    with pytest.raises(RuntimeError, match=r"Call doorward\.mount\(app\)"):
        doorward.anonymous().get("/inner/mine")
    assert mounted_in(bare) is None
