"""The documentation: a request is tried out from it, under the policy that it is served with."""

import re

from tests.browser.people import Person
from tests.browser.server import PASSWORD, Server


def test_docs_authorize_button_lets_one_try_out_who_am_i(server: Server, person: Person) -> None:
    name = server.account("documenter")
    page, foreign = person.page, list[str]()
    page.on("request", lambda request: foreign.append(request.url))
    page.goto(f"{server.base}/docs")

    page.get_by_role("button", name="Authorize").first.click()
    page.locator("#oauth_username").fill(name)
    page.locator("#oauth_password").fill(PASSWORD)
    page.get_by_role("button", name="Apply given OAuth2 credentials").first.click()
    page.get_by_role("button", name="Remove authorization").wait_for()
    page.get_by_role("button", name="Close").first.click()
    operation = page.locator("#operations-mobile-mobile_show_me")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    answer.wait_for()

    assert re.search(r"\b200\b", answer.locator(".response-col_status").last.inner_text())
    assert f'"username": "{name}"' in answer.inner_text()
    assert [url for url in foreign if not url.startswith((server.base, "data:"))] == []


def test_docs_are_an_application_that_people_sign_in_for(server: Server, person: Person) -> None:
    name = server.account("reader")
    page = person.page
    page.goto(f"{server.base}/docs")
    page.get_by_role("button", name="Authorize").first.click()
    container = page.locator(".auth-container", has_text="authorizationCode")

    container.get_by_label("openid").check()
    with page.expect_popup() as opened:
        container.get_by_role("button", name="Apply given OAuth2 credentials").click()
    window = opened.value
    window.locator("#username").fill(name)
    window.locator("#password").fill(PASSWORD)
    with window.expect_event("close"):
        window.locator("#sign-in-form button[type=submit]").click()
    container.get_by_role("button", name="Remove authorization").wait_for()
    page.get_by_role("button", name="Close").first.click()
    operation = page.locator("#operations-oauth-oauth_show_owner")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    answer.wait_for()

    assert re.search(r"\b200\b", answer.locator(".response-col_status").last.inner_text())
