"""The browser library in Chromium, against a real server: honest people, several tabs, and those who mean harm."""

import re
from collections.abc import Iterator
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NeverCame

from tests.browser.conftest import NewPerson
from tests.browser.people import Person
from tests.browser.server import PASSWORD, Server
from tests.browser.single_page import SinglePage, a_single_page, wait_until_known
from tests.library import library

pytestmark = pytest.mark.browser

SCRIPT: Final = """
import {{ Doorward }} from "/doorward.js";
const app = new Doorward({{ issuer: "{issuer}", clientId: "notebook", apis: ["{issuer}"] }});
window.app = app;
window.heard = [];
app.onChange((user) => {{ heard.push(user?.preferred_username ?? null); show(); }});
function show() {{ document.querySelector("#who").textContent = app.user?.preferred_username ?? "nobody"; }}
try {{ await app.finishSignIn(); }} catch (error) {{ document.documentElement.dataset.failed = error.code; }}
await app.token();
show();
document.documentElement.dataset.ready = "";
"""
WHO_AM_I: Final = """async () => (await app.fetch("{issuer}/oauth/userinfo")).status"""
RELOAD: Final = """() => {
  delete document.documentElement.dataset.ready;
  setTimeout(() => location.reload(), 10);
}"""
THIEF: Final = """async ([url, mode]) => {
  const headers = mode === "cors" ? { "x-doorward-spa": "1" } : {};
  const body = new URLSearchParams({ client_id: "notebook" });
  try {
    const answer = await fetch(url, { method: "POST", credentials: "include", mode, headers, body });
    return mode === "cors" ? await answer.text() : answer.type;
  } catch { return "kept out"; }
}"""


@pytest.fixture(scope="module")
def notebook(server: Server) -> Iterator[SinglePage]:
    """An application of the server's own site, once the server knows of its origin."""
    with a_single_page(library().parent) as started:
        started.script = SCRIPT.format(issuer=server.base)
        address = f"{started.base}/"
        server.client(
            "Notebook", "--type", "spa", "--refresh-cookie", "--first-party",
            "--redirect-uri", address, "--post-logout-redirect-uri", address,
        )  # fmt: skip
        wait_until_known(server.base, started.base)
        yield started


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    return ready(page)


def ready(page: Page) -> Page:
    try:
        page.wait_for_selector("html[data-ready]")  # evaluates nothing: our own pages forbid it
    except NeverCame as error:
        raise AssertionError(f"still at {page.url}, which says: {page.inner_text('body')}") from error
    return page


def who(page: Page) -> str:
    return page.inner_text("#who")


def become(page: Page, name: str) -> None:
    page.wait_for_selector(f"#who:text-is('{name}')")


def sign_in(person: Person, notebook: SinglePage, name: str) -> Page:
    """Sign in from the application's page."""
    page = opened(person.page, notebook.base)
    page.evaluate("() => void app.signIn()")
    page.wait_for_selector("#sign-in-submit")
    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    become(ready(page), name)
    return page


def leave(page: Page) -> dict[str, str]:
    """Begin to sign in, stop before the server is asked, and return what it would have been asked."""
    page.route("**/oauth/authorize?*", lambda route: route.abort())
    with page.expect_request("**/oauth/authorize?*") as asked:
        page.evaluate("() => void app.signIn()")
    page.unroute("**/oauth/authorize?*")
    return dict(httpx2.URL(asked.value.url).params)


def test_library_person_is_signed_in_and_stays_so_when_the_page_is_loaded_anew(
    person: Person, server: Server, notebook: SinglePage
) -> None:
    page = sign_in(person, notebook, server.account("grace-hopper"))
    page.evaluate("() => app.token()")
    first = page.evaluate("() => app.user.sid")
    with page.expect_response("**/oauth/browser/refresh") as refreshed:
        page.goto(f"{notebook.base}/?page=2")
    become(ready(page), "grace-hopper")

    assert page.evaluate("() => app.user.sid") == first
    assert page.evaluate(WHO_AM_I.format(issuer=server.base)) == 200
    assert page.url == f"{notebook.base}/?page=2"
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]
    assert "dw_app" not in page.evaluate("() => document.cookie")
    assert not re.search(r"refresh_token|dwr1_", refreshed.value.text())
    cookie = next(each for each in person.context.cookies() if each["name"] == "dw_app_notebook")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_library_tabs_that_wake_up_together_all_go_on(person: Person, server: Server, notebook: SinglePage) -> None:
    sign_in(person, notebook, server.account("ada-tabs"))
    tabs = [person.page, *(opened(person.context.new_page(), notebook.base) for _ in range(2))]

    for _ in range(3):
        for tab in tabs:
            tab.evaluate(RELOAD)
        for tab in tabs:
            become(ready(tab), "ada-tabs")

    assert {tab.evaluate("() => app.user.sid") for tab in tabs} == {tabs[0].evaluate("() => app.user.sid")}
    assert [tab.evaluate(WHO_AM_I.format(issuer=server.base)) for tab in tabs] == [200] * 3


def test_library_signing_out_ends_it_here_in_every_tab_and_at_the_server(
    person: Person, server: Server, notebook: SinglePage
) -> None:
    page = sign_in(person, notebook, server.account("edith"))
    other = opened(person.context.new_page(), notebook.base)

    page.evaluate("() => { document.documentElement.dataset.old = ''; void app.signOut(); }")
    page.wait_for_selector("html[data-ready]:not([data-old])")  # by the server, and back
    become(page, "nobody")

    become(other, "nobody")
    assert other.evaluate("() => heard") == ["edith", None]
    assert [each["name"] for each in person.context.cookies() if each["name"] == "dw_app_notebook"] == []
    assert person.open(f"{server.base}/account").place.startswith("/sign-in")


def test_library_signing_out_of_the_application_alone_leaves_the_server_signed_in(
    person: Person, server: Server, notebook: SinglePage
) -> None:
    page = sign_in(person, notebook, server.account("klara"))

    page.evaluate("() => app.signOut({ everywhere: false })")

    become(page, "nobody")
    page.evaluate("() => void app.signIn({ prompt: 'none' })")
    become(ready(page), "klara")


def test_library_session_that_ends_elsewhere_is_told(person: Person, server: Server, notebook: SinglePage) -> None:
    page = sign_in(person, notebook, server.account("betty"))
    account = person.context.new_page()
    account.goto(f"{server.base}/sign-out")
    with account.expect_navigation():
        account.click("#sign-out-submit")

    status = page.evaluate(WHO_AM_I.format(issuer=server.base))

    assert status == 401
    assert page.evaluate("() => heard") == ["betty", None]
    assert who(page) == "nobody"


def test_library_nobody_is_told_so_without_being_asked(person: Person, notebook: SinglePage) -> None:
    page = opened(person.page, notebook.base)

    page.evaluate("() => void app.signIn({ prompt: 'none' })")
    page.wait_for_selector("html[data-failed='login_required']")

    assert page.url == f"{notebook.base}/"


def test_library_answer_that_was_planted_signs_nobody_in(
    person: Person, new_person: NewPerson, server: Server, notebook: SinglePage
) -> None:
    thief = sign_in(new_person(), notebook, server.account("mallory"))
    attacks: dict[str, dict[str, str]] = {
        "another issuer": {"iss": "https://evil.example"},
        "no issuer": {"iss": ""},
        "another state": {"state": "planted"},
        "somebody else's code": {},
    }

    told = {}
    for attack, changed in attacks.items():
        code, asked = stolen_code(thief, notebook), leave(opened(person.page, notebook.base))
        answer = {"code": code, "state": asked["state"], "iss": server.base} | changed
        page = opened(person.page, str(httpx2.URL(f"{notebook.base}/", params=answer)))
        told[attack] = page.get_attribute("html", "data-failed")
        assert (who(page), page.url.split("?")[0]) == ("nobody", f"{notebook.base}/")
        assert "code=" not in page.url

    assert list(told.values()) == ["wrong_issuer", "wrong_issuer", "unknown_answer", "invalid_grant"]
    assert [each["name"] for each in person.context.cookies() if each["name"] == "dw_app_notebook"] == []


def stolen_code(thief: Page, notebook: SinglePage) -> str:
    """Return a code that the thief got for themselves, and did not use."""
    thief.route(f"{notebook.base}/?*", lambda route: route.abort())
    with thief.expect_request(f"{notebook.base}/?*") as stolen:
        thief.evaluate("() => void app.signIn({ prompt: 'none' })")
    thief.unroute(f"{notebook.base}/?*")
    opened(thief, notebook.base)
    return httpx2.URL(stolen.value.url).params["code"]


@pytest.mark.parametrize(
    ("host", "victim"), [("localhost", "vera"), ("127.0.0.1", "viola")], ids=["same site", "another site"]
)
def test_library_cookie_is_of_no_use_to_another_origin(
    person: Person, server: Server, notebook: SinglePage, host: str, victim: str
) -> None:
    page = sign_in(person, notebook, server.account(victim))
    evil = person.context.new_page()

    with a_single_page(notebook.folder, host) as elsewhere:
        evil.goto(elsewhere.base)
        got = [
            evil.evaluate(THIEF, [f"{server.base}/oauth/browser/{path}", mode])
            for path in ("refresh", "sign-out")
            for mode in ("cors", "no-cors")
        ]

    assert set(got) <= {"kept out", "opaque"}
    assert all(re.search("CORS|ERR_FAILED|NotSameOrigin", complaint) for complaint in person.complaints)
    person.complaints.clear()
    become(opened(page, notebook.base), page.evaluate("() => app.user.preferred_username"))


def test_library_web_session_of_the_servers_own_origin(person: Person, server: Server, notebook: SinglePage) -> None:
    name, page = server.account("hedwig"), person.page
    page.route(f"{server.base}/own.js", lambda route: route.fulfill(path=library(), content_type="text/javascript"))
    page.route(f"{server.base}/own", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{server.base}/own")
    page.evaluate("async () => { window.session = new (await import('/own.js')).WebSession(); }")

    assert page.evaluate("() => session.load()") is None
    assert (
        page.evaluate("(password) => session.signIn('hedwig', password).then((user) => user.username)", PASSWORD)
        == name
    )
    person.context.clear_cookies(name="dw_access")
    assert page.evaluate("() => session.load().then((user) => user.username)") == name
    assert page.evaluate("() => session.fetch('/v1/web/sessions', { method: 'DELETE' }).then((it) => it.status)") < 300
    page.evaluate("() => session.signOut()")
    assert page.evaluate("() => session.load()") is None
