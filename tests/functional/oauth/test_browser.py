"""Pages of applications whose refresh token is a cookie: what they get, and what nobody else gets by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest
from httpx2 import Response

from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.oauth.records import Client
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.rules import OVERLAP
from tests.applications import SPA, VERIFIER, Application, another, claims
from tests.builders import CALLBACK, ISSUER
from tests.functional.oauth.conftest import error
from tests.functional.site import Browser, Site
from tests.proofs import Holder

OWN: Final = "https://app.example"
TOKEN, REFRESH, SIGN_OUT = (f"/oauth/browser/{name}" for name in ("token", "refresh", "sign-out"))
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


@dataclass
class Tab:
    """A page of an application in somebody's browser, whose cookies it shares with every other tab."""

    site: Site
    client: Client = field(default_factory=lambda: another(SPA, uses_refresh_cookie=True))
    browser: Browser = field(init=False)
    app: Application = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.site.browser()
        del self.browser.client.headers["sec-fetch-site"]
        self.browser.client.headers["origin"] = ISSUER
        self.app = Application(self.site.house, self.client)
        assert self.browser.sign_in().status_code == 200
        self.app.browser = SessionId(str(claims(self.browser.cookie("access") or "")["sid"]))

    @property
    def name(self) -> str:
        """What the cookie is called."""
        return f"__Host-dw_app_{self.client.id}"

    @property
    def cookie(self) -> str | None:
        """What it holds."""
        return self.browser.client.cookies.get(self.name)

    def post(self, path: str, headers: Mapping[str, str | None] | None = None, /, **fields: str) -> Response:
        """Send a form, as a script of the page does; a header field that is None is left out."""
        sent = {"origin": OWN, "x-doorward-spa": "1", **(headers or {})}
        request = self.browser.client.build_request(
            "POST",
            path,
            data={name: value for name, value in ({"client_id": self.client.id} | fields).items() if value},
            headers={name: value for name, value in sent.items() if value is not None},
        )
        for name in [name for name, value in sent.items() if value is None]:
            request.headers.pop(name, None)
        return self.browser.client.send(request)

    def form(self, code: str | None = None) -> dict[str, str]:
        """Return the fields that exchange a code."""
        return {"code": code or self.app.code(), "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

    def exchange(self, code: str | None = None, **changes: str) -> Response:
        """Exchange a code."""
        form = self.form(code) | changes
        return self.post(TOKEN, **form)

    def refresh(self, cookie: str | None = None, **more: str) -> Response:
        """Ask for the next access token; with a cookie, as a tab does whose request was under way for long."""
        held = "; ".join(
            f"{each.name}={each.value}" for each in self.browser.client.cookies.jar if each.name != self.name
        )
        return self.post(REFRESH, {"cookie": f"{held}; {self.name}={cookie}"} if cookie else None, **more)

    def signed_in(self) -> "Tab":
        """Return the same tab once it has its tokens."""
        answer = self.exchange()
        assert answer.status_code == 200, answer.text
        return self

    def end_reason(self, answer: Response) -> EndReason | None:
        """Return why the session ended that an access token belongs to."""
        session_id = SessionId(str(claims(answer.json()["access_token"])["sid"]))
        with self.site.house.store.view() as view:
            session = view.sessions.by_id(session_id)
        assert session is not None
        return session.end_reason


@pytest.fixture
def tab(people: Site) -> Tab:
    return Tab(people)


@pytest.mark.requirement("C-01")
def test_browser_code_brings_an_access_token_and_a_cookie(tab: Tab) -> None:
    answer = tab.exchange()

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    (told,) = answer.headers.get_list("set-cookie")
    value, *flags = told.split("; ")
    assert value.startswith(f"{tab.name}=dwr1_")
    assert {flag.lower() for flag in flags} == {"httponly", "secure", "samesite=strict", "path=/", "max-age=1209600"}


def test_browser_refresh_by_the_cookie_brings_the_next_of_both(tab: Tab) -> None:
    first = tab.exchange()
    before = tab.cookie

    second = tab.refresh()

    assert second.status_code == 200
    assert "refresh_token" not in second.json()
    assert tab.cookie not in (None, before)
    assert claims(second.json()["access_token"])["sid"] == claims(first.json()["access_token"])["sid"]


def test_browser_refresh_without_a_cookie_is_refused(tab: Tab) -> None:
    tab.signed_in().browser.client.cookies.clear()

    assert error(tab.refresh()) == (400, "invalid_grant")


@pytest.mark.parametrize("token", ["dwr1_x", "nonsense", "dwr1_" + "a" * 200])
def test_browser_refresh_with_a_token_that_is_none_is_refused(tab: Tab, token: str) -> None:
    assert error(tab.signed_in().refresh(token)) == (400, "invalid_grant")


def test_browser_refresh_may_narrow(tab: Tab) -> None:
    answer = tab.signed_in().refresh(scope="openid")

    assert answer.json()["scope"] == "openid"
    assert error(tab.refresh(scope="openid admin")) == (400, "invalid_scope")


# One client, one entrance.


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_token_endpoint_gives_nothing_to_a_client_with_a_cookie(tab: Tab, grant: str) -> None:
    form = {"client_id": tab.client.id, **tab.form(), "grant_type": grant}
    tab.signed_in()
    form["refresh_token"] = tab.cookie or ""

    answer = tab.site.client().post("/oauth/token", data=form)

    assert error(answer) == (400, "unauthorized_client")
    assert tab.refresh().status_code == 200
    assert tab.exchange(form["code"]).status_code == 200


def test_browser_entrance_gives_nothing_to_a_client_without_a_cookie(people: Site) -> None:
    tab = Tab(people, another(SPA))
    issued = tab.app.exchange()

    answers = [tab.exchange(), tab.refresh(issued.refresh_token), tab.post(SIGN_OUT)]

    assert [error(answer) for answer in answers] == [(400, "unauthorized_client")] * 3
    assert tab.app.is_live(issued)
    assert tab.cookie is None


@pytest.mark.parametrize("name", ["refresh_token", "client_secret", "client_assertion"])
def test_browser_credential_in_the_form_is_refused(tab: Tab, name: str) -> None:
    more = {name: tab.signed_in().cookie or ""}

    answers = [tab.exchange(**more), tab.refresh(**more)]

    assert [error(answer) for answer in answers] == [(400, "invalid_request")] * 2


def test_browser_token_in_the_form_takes_no_cookies_place(tab: Tab) -> None:
    tab.signed_in()
    token = tab.cookie or ""
    tab.browser.client.cookies.clear()

    assert error(tab.post(REFRESH, refresh_token=token)) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_cookie_counts_for_nothing_where_applications_hold_their_tokens(tab: Tab, path: str) -> None:
    first = tab.exchange()

    answer = tab.post(path, grant_type="refresh_token")

    assert answer.status_code in (400, 401)
    assert tab.end_reason(first) is None


# Who may ask.


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


# Tabs, thieves, ends.


def test_browser_tabs_that_refresh_at_once_all_get_tokens_and_one_cookie(tab: Tab) -> None:
    tab.signed_in()
    held = tab.cookie or ""

    answers = [tab.refresh(held) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.headers["set-cookie"] for answer in answers}) == 1


def test_browser_tab_that_is_late_is_answered_though_others_refreshed_since(tab: Tab) -> None:
    tab.signed_in()
    held = tab.cookie or ""
    tab.refresh()
    next_one = tab.cookie

    others, late = [tab.refresh() for _ in range(3)], tab.refresh(held)

    assert [answer.status_code for answer in (*others, late)] == [200] * 4
    assert tab.cookie == next_one


def test_browser_tabs_that_always_refresh_at_once_are_never_taken_for_thieves(tab: Tab) -> None:
    first = tab.exchange()

    for _ in range(12):
        held = tab.cookie or ""
        assert [tab.refresh(held).status_code for _ in range(2)] == [200, 200]
        tab.site.clock.advance(timedelta(minutes=4))

    assert tab.end_reason(first) is None


def test_browser_token_rotates_when_nobody_can_come_late_any_more(tab: Tab) -> None:
    tab.signed_in().refresh()
    held = tab.cookie
    tab.site.clock.advance(OVERLAP + timedelta(seconds=1))

    tab.refresh()

    assert tab.cookie != held


def test_browser_thief_who_comes_later_ends_the_session(tab: Tab) -> None:
    first = tab.exchange()
    stolen = tab.cookie or ""
    tab.refresh()
    tab.site.clock.advance(timedelta(minutes=1))

    answer = tab.refresh(stolen)

    assert error(answer) == (400, "invalid_grant")
    assert tab.end_reason(first) is EndReason.REUSE_DETECTED
    assert error(tab.refresh()) == (400, "invalid_grant")


def test_browser_thief_who_keeps_step_without_the_device_is_found_out(tab: Tab) -> None:
    first = tab.exchange()
    statuses = []

    for _ in range(4):
        stolen = tab.cookie or ""
        tab.refresh()
        thief = tab.post(REFRESH, {"cookie": f"{tab.name}={stolen}"})
        statuses.append(thief.status_code)
        tab.site.clock.advance(timedelta(minutes=4))

    assert statuses == [200, 200, 400, 400]
    assert tab.end_reason(first) is EndReason.REUSE_DETECTED


def test_browser_refusal_leaves_the_cookie_to_the_tab_that_got_a_new_one(tab: Tab) -> None:
    tab.signed_in()
    old = tab.cookie or ""
    tab.signed_in()

    answer = tab.refresh(old)

    assert error(answer) == (400, "invalid_grant")
    assert "set-cookie" not in answer.headers
    assert tab.refresh().status_code == 200


def test_browser_next_sign_in_ends_the_session_whose_cookie_it_takes(tab: Tab) -> None:
    first = tab.exchange()

    second = tab.exchange()

    assert tab.end_reason(first) is EndReason.REPLACED
    assert tab.end_reason(second) is None


def test_browser_sign_out_ends_the_session_of_the_application_alone(tab: Tab) -> None:
    first = tab.exchange()

    answer = tab.post(SIGN_OUT)

    assert (answer.status_code, answer.json()) == (200, {})
    assert tab.cookie is None
    assert tab.end_reason(first) is EndReason.SIGNED_OUT
    assert tab.browser.get("/v1/web/me").status_code == 200
    assert tab.post(SIGN_OUT).status_code == 200


def test_browser_signing_out_here_ends_what_the_application_keeps(tab: Tab) -> None:
    tab.signed_in().app.sign_out()

    assert error(tab.refresh()) == (400, "invalid_grant")


def test_browser_code_of_another_client_is_refused(tab: Tab) -> None:
    other = Application(tab.site.house, another(SPA, uses_refresh_cookie=True))

    assert error(tab.exchange(other.code())) == (400, "invalid_grant")
    assert tab.cookie is None


def test_browser_stolen_code_without_the_verifier_is_refused(tab: Tab) -> None:
    assert error(tab.exchange(code_verifier="x" * 43)) == (400, "invalid_grant")
    assert tab.cookie is None


def test_browser_tokens_may_be_bound_to_a_key(tab: Tab) -> None:
    now, nonces = tab.site.clock.now(), tab.site.house.tools.nonces
    made = {
        path: Holder().proof("POST", f"{ISSUER}{path}", now, nonce=nonces.current(now)) for path in (TOKEN, REFRESH)
    }
    form = tab.form()

    first = tab.post(TOKEN, {"dpop": made[TOKEN]}, **form)
    without = tab.refresh()
    second = tab.post(REFRESH, {"dpop": made[REFRESH]})

    assert [answer.json().get("token_type") for answer in (first, second)] == ["DPoP", "DPoP"]
    assert first.headers["dpop-nonce"]
    assert error(without) == (400, "invalid_grant")


def test_browser_client_that_must_bind_its_tokens_is_held_to_it(people: Site) -> None:
    tab = Tab(people, another(SPA, uses_refresh_cookie=True, requires_dpop=True))

    assert error(tab.exchange()) == (400, "invalid_dpop_proof")


def test_browser_client_id_of_an_operators_choice_is_a_good_name_for_a_cookie(people: Site) -> None:
    tab = Tab(people, another(SPA, id=ClientId("Reports_2.0~beta-1"), uses_refresh_cookie=True))

    assert tab.signed_in().refresh().status_code == 200
