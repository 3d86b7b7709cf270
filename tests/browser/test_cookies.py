"""What the browser is given to keep, and what other sites can do with it."""

import json

import pytest

from tests.browser.conftest import NewPerson
from tests.browser.people import Person
from tests.browser.server import PASSWORD, Server

pytestmark = pytest.mark.browser

READABLE = {"dw_csrf"}
LAX = {"dw_sso", "dw_pre"}


def test_cookies_of_a_session_are_out_of_reach_of_scripts_and_sites(person: Person, server: Server) -> None:
    person.sign_in(server.account("lynn"))

    cookies = {each.get("name", ""): each for each in person.context.cookies()}

    assert set(cookies) >= {"dw_access", "dw_refresh", "dw_csrf", "dw_device", "dw_sso"}
    for name, cookie in cookies.items():
        assert cookie.get("httpOnly") is (name not in READABLE), name
        assert cookie.get("sameSite") == ("Lax" if name in LAX else "Strict"), name
        assert cookie.get("path") == ("/v1/auth" if name == "dw_refresh" else "/"), name
    readable = person.page.evaluate("document.cookie.split('; ').map((pair) => pair.split('=')[0])")
    assert set(readable) <= READABLE


def test_cookies_after_signing_out_are_gone_but_for_the_device(person: Person, server: Server) -> None:
    person.sign_in(server.account("mary")).open("/sign-out").press("sign-out-submit")

    names = {each.get("name") for each in person.context.cookies()}

    assert names == {"dw_device", "dw_pre"}


def test_session_of_the_pages_is_one_with_that_of_the_api(person: Person, server: Server) -> None:
    person.sign_in(server.account("vint"))

    me = person.page.evaluate("fetch('/v1/web/me').then((answer) => answer.json())")

    assert me["username"] == "vint"


def test_session_of_the_api_is_one_with_that_of_the_pages(person: Person, server: Server) -> None:
    name = server.account("tim")
    body = json.dumps({"username": name, "password": PASSWORD})
    person.open("/")

    status = person.page.evaluate(
        """async (body) => {
            const { csrf_token } = await (await fetch('/v1/auth/csrf')).json();
            const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token };
            return (await fetch('/v1/auth/login_web', { method: 'POST', headers, body })).status;
        }""",
        body,
    )

    assert status == 200
    assert person.open("/account").place == "/account"


def test_form_on_another_site_cannot_sign_anybody_out(new_person: NewPerson, server: Server) -> None:
    person = new_person().sign_in(server.account("bob"))
    elsewhere = server.base.replace("localhost", "127.0.0.1")
    form = f"<form method=post action='{server.base}/sign-out'><button id=go>Win a prize</button></form>"
    person.page.route(f"{elsewhere}/prize", lambda route: route.fulfill(body=form, content_type="text/html"))

    person.open(f"{elsewhere}/prize").press("go")

    assert person.read("error-code") == "CSRF_FAILED"
    assert person.open("/account").place == "/account"


def test_page_in_a_frame_of_another_site_is_not_shown(new_person: NewPerson, server: Server) -> None:
    person = new_person()
    elsewhere = server.base.replace("localhost", "127.0.0.1")
    frame = f"<iframe src='{server.base}/sign-in'></iframe>"
    person.page.route(f"{elsewhere}/trap", lambda route: route.fulfill(body=frame, content_type="text/html"))

    person.open(f"{elsewhere}/trap")
    person.page.wait_for_timeout(500)

    inner = [each for each in person.page.frames if each != person.page.main_frame]
    assert [each for each in inner if each.locator("#sign-in-form").count()] == []
    assert all("frame-ancestors" in complaint for complaint in person.complaints)
    person.complaints.clear()
