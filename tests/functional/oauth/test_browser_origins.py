"""Who may use the cookie that holds an application's refresh token: pages of that application, and nobody else."""

from typing import Final

import pytest

from tests.applications import SPA, Application, another
from tests.builders import ISSUER
from tests.functional.oauth.conftest import error
from tests.functional.oauth.tabs import OWN, REFRESH, SIGN_OUT, TOKEN, Tab
from tests.functional.site import Site

ROUTES: Final = (TOKEN, REFRESH, SIGN_OUT)
ELSEWHERE: Final = (
    "https://evil.example",
    "https://app.example.evil.example",
    "http://app.example",
    "https://app.example:8443",
    "https://other.app.example",
    "https://APP.example",
    "https://app.example/",
    ISSUER,
    "",
)


@pytest.fixture
def tab(people: Site) -> Tab:
    return Tab(people)


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize("path", ROUTES)
def test_browser_page_of_another_origin_is_refused_and_changes_nothing(tab: Tab, path: str) -> None:
    first, code = tab.exchange(), tab.app.code()
    before = tab.cookie

    answers = [tab.post(path, {"origin": origin}, **tab.form(code)) for origin in ELSEWHERE]

    assert [error(answer) for answer in answers] == [(400, "unauthorized_client")] * len(ELSEWHERE)
    assert not [name for answer in answers for name in answer.headers if name.startswith(("access-control", "set-"))]
    assert (tab.cookie, tab.end_reason(first)) == (before, None)
    assert tab.exchange(code).status_code == 200


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize("path", ROUTES)
def test_browser_what_no_script_of_an_origin_sent_is_refused_and_changes_nothing(tab: Tab, path: str) -> None:
    first, code = tab.exchange(), tab.app.code()
    before = tab.cookie
    forged: list[dict[str, str | None]] = [
        {"origin": None},
        {"origin": "null"},
        {"x-doorward-spa": None},
        {"x-doorward-spa": "0"},
    ]

    answers = [tab.post(path, headers, **tab.form(code)) for headers in forged]

    assert [error(answer) for answer in answers] == [(403, "invalid_request")] * len(forged)
    assert not [answer for answer in answers if "set-cookie" in answer.headers]
    assert (tab.cookie, tab.end_reason(first)) == (before, None)
    assert tab.exchange(code).status_code == 200


@pytest.mark.parametrize("header", [("origin", OWN), ("x-doorward-spa", "1")])
def test_browser_what_says_twice_where_it_comes_from_is_refused(people: Site, header: tuple[str, str]) -> None:
    headers = [("origin", OWN), ("x-doorward-spa", "1"), header]

    answers = [people.client().post(path, data={"client_id": "x"}, headers=headers) for path in ROUTES]

    assert [answer.status_code for answer in answers] == [400] * 3


@pytest.mark.parametrize("path", ROUTES)
def test_browser_page_of_another_application_gets_nothing(tab: Tab, path: str) -> None:
    other = another(SPA, uses_refresh_cookie=True, redirect_uris=("https://other.example/back",))
    Application(tab.site.house, other)
    first = tab.exchange()

    answer = tab.post(path, {"origin": "https://other.example"})

    assert error(answer) == (400, "unauthorized_client")
    assert tab.end_reason(first) is None


def test_browser_cookie_of_one_client_never_refreshes_another(tab: Tab) -> None:
    first, other = tab.exchange(), another(SPA, uses_refresh_cookie=True)
    Application(tab.site.house, other)
    token = tab.cookie or ""

    by_its_own_name = tab.post(REFRESH, client_id=other.id)
    planted = {"cookie": f"__Host-dw_app_{other.id}={token}"}
    by_the_others_name = tab.post(REFRESH, planted, client_id=other.id)
    signed_out = tab.post(SIGN_OUT, planted, client_id=other.id)

    assert [error(each) for each in (by_its_own_name, by_the_others_name)] == [(400, "invalid_grant")] * 2
    assert signed_out.status_code == 200
    assert tab.end_reason(first) is None
    assert tab.refresh().status_code == 200


def test_browser_unknown_client_is_refused(tab: Tab) -> None:
    names = ("nobody", "a b", "x" * 2000, "doorward-docs")

    assert [error(tab.post(REFRESH, client_id=name)) for name in names] == [(400, "unauthorized_client")] * 4
    assert error(tab.post(REFRESH, client_id="")) == (400, "invalid_request")


def test_browser_client_that_was_disabled_is_refused(tab: Tab) -> None:
    tab.signed_in()
    tab.site.house.flows.clients.set_enabled(tab.client.id, enabled=False)

    assert error(tab.refresh()) == (400, "unauthorized_client")


def test_browser_cookie_that_came_twice_is_refused(tab: Tab) -> None:
    tab.signed_in()

    answer = tab.post(REFRESH, {"cookie": f"{tab.name}={tab.cookie}; {tab.name}=dwr1_planted"})

    assert error(answer) == (400, "invalid_request")


def test_browser_cookie_without_the_prefix_is_not_read(tab: Tab) -> None:
    tab.signed_in()

    answer = tab.post(REFRESH, {"cookie": f"dw_app_{tab.client.id}={tab.cookie}"})

    assert error(answer) == (400, "invalid_grant")


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize("path", ROUTES)
def test_browser_preflight_lets_pages_of_clients_with_a_cookie_send_credentials(tab: Tab, path: str) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "x-doorward-spa"}

    answer = tab.browser.client.options(path, headers={"origin": OWN, **asks})
    answers = [tab.post(path, {"origin": OWN}), answer]

    assert [each.headers["access-control-allow-origin"] for each in answers] == [OWN] * 2
    assert [each.headers["access-control-allow-credentials"] for each in answers] == ["true"] * 2
    assert [each.headers["vary"] for each in answers] == ["origin"] * 2
    assert "x-doorward-spa" in answer.headers["access-control-allow-headers"]


@pytest.mark.requirement("C-11")
def test_browser_preflight_of_any_other_origin_gets_no_leave(tab: Tab) -> None:
    origins = (*ELSEWHERE, "null", "https://spa.example", "https://plain.example")
    Application(tab.site.house, another(SPA, redirect_uris=("https://plain.example/back",)))
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "x-doorward-spa"}

    answers = [tab.browser.client.options(REFRESH, headers={"origin": origin, **asks}) for origin in origins]

    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ROUTES)
def test_browser_another_method_is_refused(people: Site, path: str) -> None:
    headers, methods = {"origin": OWN, "x-doorward-spa": "1"}, ("GET", "PUT", "DELETE", "HEAD")

    assert [people.client().request(each, path, headers=headers).status_code for each in methods] == [405] * 4
