"""Every flow of oidc-client-ts, a library for pages that others wrote (npm), in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType
from tests.browser.people import Person, chromium
from tests.browser.server import PASSWORD, Server, a_server
from tests.conformance.foreign.libraries import a_house
from tests.conformance.foreign.site import a_site

pytestmark = pytest.mark.browser

DPOP: Final = "{loadUserInfo: false, dpop: {bind_authorization_code: true, store: new oidc.IndexedDbDPoPStore()}}"
"""Its own request for who somebody is never carries a proof, so the page makes that one."""

PROOF: Final = "const manager = MANAGER; return manager.dpopProof('URL', await manager.getUser())"
STATUS: Final = "async ([url, init]) => (await fetch(url, init)).status"


@dataclass(frozen=True)
class Application:
    """An application without a server side: where its pages are, and what the server calls it."""

    client_id: str
    base: str
    authority: str


@dataclass
class Visitor:
    """Somebody at a page of an application, who does what its script does."""

    person: Person
    app: Application
    settings: str = "{}"

    def open(self, path: str = "/") -> "Visitor":
        """Open a page of the application."""
        self.person.page.goto(f"{self.app.base}{path}")
        return self

    def do(self, call: str) -> dict[str, Any]:
        """Call the manager, and return the user that comes of it, or how it was refused."""
        found = self.person.page.evaluate(f"tried(() => {self.manager}.{call})")
        return dict(found or {})

    def leave(self, call: str) -> Person:
        """Call the manager, which leads to another page."""
        with self.person.page.expect_navigation():
            self.person.page.evaluate(f"void {self.manager}.{call}")
        return self.person

    def sign_in(self, name: str, *, consents: bool = True) -> dict[str, Any]:
        """Sign in by the pages of the server, and return the user."""
        self.open().leave("signinRedirect()")
        self.person.fill(username=name, password=PASSWORD).press("sign-in-submit")
        if consents:
            self.person.press("allow-submit")
        return self.do("signinCallback()")

    def window(self, call: str) -> Person:
        """Call the manager, which opens a window, and return whoever sits at that."""
        with self.person.page.expect_popup() as opened:
            self.person.page.evaluate(f"void (window.pending = tried(() => {self.manager}.{call}))")
        return Person(self.person.context, opened.value)

    def outcome(self) -> dict[str, Any]:
        """Return what comes of the call that opened a window."""
        return dict(self.person.page.evaluate("window.pending") or {})

    def status(self, path: str, **init: object) -> int:
        """Return how the server answers a request of the page's own."""
        return int(self.person.page.evaluate(STATUS, [f"{self.app.authority}{path}", init]))

    @property
    def manager(self) -> str:
        """The manager, in the words of the script."""
        return f"managerOf('{self.app.authority}', '{self.app.client_id}', {self.settings})"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with a_server() as started:
        started.account("margaret")
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with a_site() as started:
        yield started


# Both are registered before either calls: the server looks for new origins every ten seconds.
@pytest.fixture(scope="module")
def applications(server: Server, port: int) -> tuple[Application, Application]:
    bases = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    with a_house(server.folder) as house:
        for name, base in zip(("reports", "desk"), bases, strict=True):
            house.flows.clients.add(wanted(name, base, is_first_party=name == "desk"))
    return Application("reports", bases[0], server.base), Application("desk", bases[1], server.base)


def wanted(name: str, base: str, *, is_first_party: bool) -> Wanted:
    return Wanted(
        name.title(),
        ClientType.SPA,
        id=name,
        redirect_uris=tuple(f"{base}{path}" for path in ("/back", "/silent", "/popup")),
        post_logout_redirect_uris=(f"{base}/bye", f"{base}/left"),
        is_first_party=is_first_party,
    )


@pytest.fixture
def abroad(applications: tuple[Application, Application]) -> Application:
    """Return an application of somebody else's, on another site than the server."""
    return applications[0]


@pytest.fixture
def at_home(applications: tuple[Application, Application]) -> Application:
    """Return an application of our own, on another origin of the server's own site."""
    return applications[1]


@pytest.fixture
def person(browser: Browser, server: Server) -> Iterator[Person]:
    appeared = Person.at(browser, server.base)
    yield appeared
    appeared.context.close()
    assert appeared.complaints == []


def test_page_signs_somebody_in_and_is_told_who_it_is(person: Person, abroad: Application) -> None:
    user = Visitor(person, abroad).sign_in("margaret")

    assert (user["token_type"], user["scope"]) == ("Bearer", "openid profile email")
    assert user["profile"]["preferred_username"] == "margaret"
    assert user["profile"]["email"] == "margaret@mail.example"


@pytest.mark.requirement("S-04")
def test_page_goes_on_by_its_refresh_token(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad)
    first = visitor.sign_in("margaret")

    second, third = visitor.do("signinSilent()"), visitor.do("signinSilent()")

    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert len({each["access_token"] for each in (first, second, third)}) == 3
    assert third["profile"]["sub"] == first["profile"]["sub"]


@pytest.mark.requirement("A-12", "A-13", "A-15")
def test_page_proves_that_it_holds_a_key(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad, DPOP)

    first, second = visitor.sign_in("margaret"), visitor.do("signinSilent()")
    userinfo = f"{abroad.authority}/oauth/userinfo"
    proof = person.page.evaluate(
        f"(async () => {{ {PROOF} }})()".replace("MANAGER", visitor.manager).replace("URL", userinfo)
    )

    assert (first["token_type"], second["token_type"]) == ("DPoP", "DPoP")
    shown = {"authorization": f"DPoP {second['access_token']}", "dpop": proof}
    assert visitor.status("/oauth/userinfo", headers=shown) == 200
    assert visitor.status("/oauth/userinfo", headers={"authorization": f"Bearer {second['access_token']}"}) == 401
    assert Visitor(person, abroad).do("signinSilent()") == {"refused": "invalid_grant"}


def test_page_of_the_same_site_signs_in_by_a_frame_without_asking(person: Person, at_home: Application) -> None:
    visitor = Visitor(person, at_home)
    first = visitor.sign_in("margaret", consents=False)

    second = visitor.do("signinSilent({forceIframeAuth: true})")

    assert second["profile"]["sub"] == first["profile"]["sub"]
    assert second["profile"]["sid"] != first["profile"]["sid"]


@pytest.mark.requirement("O-21", "S-13")
def test_page_of_another_site_is_told_in_a_frame_that_somebody_must_sign_in(
    person: Person, abroad: Application
) -> None:
    visitor = Visitor(person, abroad)
    visitor.sign_in("margaret")

    assert visitor.do("signinSilent({forceIframeAuth: true})") == {"refused": "login_required"}


def test_page_is_told_that_somebody_must_sign_in_where_nobody_may_be_asked(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad).open()

    visitor.leave("signinRedirect({prompt: 'none'})")
    person.page.wait_for_url(f"{abroad.base}/back*")

    assert visitor.do("signinCallback()") == {"refused": "login_required"}


@pytest.mark.requirement("R-01")
def test_page_takes_its_tokens_back(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad)
    user = visitor.sign_in("margaret")

    assert visitor.do("revokeTokens()") == {}

    assert visitor.status("/oauth/userinfo", headers={"authorization": f"Bearer {user['access_token']}"}) == 401


def test_page_signs_somebody_out(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad)
    user = visitor.sign_in("margaret")

    visitor.leave("signoutRedirect()")
    person.page.wait_for_url(f"{abroad.base}/bye*")

    assert "refused" not in visitor.do("signoutCallback()")
    assert visitor.status("/oauth/userinfo", headers={"authorization": f"Bearer {user['access_token']}"}) == 401
    assert person.open("/account").place.startswith("/sign-in")


@pytest.mark.requirement("S-06")
def test_page_cannot_hand_over_a_password(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad).open()

    answer = visitor.do(f"signinResourceOwnerCredentials({{username: 'margaret', password: '{PASSWORD}'}})")

    assert answer == {"refused": "unsupported_grant_type"}


def test_page_signs_in_and_out_in_windows_of_their_own(person: Person, abroad: Application) -> None:
    visitor = Visitor(person, abroad).open()

    window = visitor.window("signinPopup()")
    with window.page.expect_event("close"):
        window.fill(username="margaret", password=PASSWORD).press("sign-in-submit").page.click("#allow-submit")
    user = visitor.outcome()
    with visitor.window("signoutPopup()").page.expect_event("close"):
        pass

    assert user["profile"]["preferred_username"] == "margaret"
    assert visitor.outcome() == {}
    assert visitor.status("/oauth/userinfo", headers={"authorization": f"Bearer {user['access_token']}"}) == 401


@pytest.mark.requirement("S-07", "T-02")
@pytest.mark.parametrize("path", ["token", "userinfo", "revoke", "authorize"])
def test_page_of_an_origin_that_is_not_registered_reads_no_answer(
    person: Person, abroad: Application, path: str
) -> None:
    with a_site() as port:
        person.page.goto(f"http://127.0.0.1:{port}/")
        asked = person.page.evaluate(
            "async (url) => { try { await fetch(url, {method: 'POST', headers: {dpop: 'x'}}); return 'read' }"
            " catch (error) { return error.name } }",
            f"{abroad.authority}/oauth/{path}",
        )
        found = person.page.evaluate(f"managerOf('{abroad.authority}', 'nobody').metadataService.getIssuer()")

    assert (asked, found) == ("TypeError", abroad.authority)
    assert all("CORS" in complaint or "ERR_FAILED" in complaint for complaint in person.complaints)
    person.complaints.clear()
