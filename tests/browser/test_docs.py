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
    page.get_by_role("button", name="Apply given OAuth2 credentials").click()
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
