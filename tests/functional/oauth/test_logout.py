"""OpenID Connect RP-Initiated Logout 1.0, and what the back channel hears of it."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from httpx2 import Response

from doorward.core.kernel.ids import SessionId
from doorward.core.keys.records import Algorithm
from tests.applications import SPA, another, claims
from tests.functional.oauth.conftest import Caller
from tests.functional.site import Browser, Site
from tests.redirects import open_redirects

BACK = "https://app.example/signed-out"
TOLD = "https://app.example/backchannel"
LOGOUT = "/oauth/logout"
MARKED = 12
"""From how many characters on a shape cannot stand on a page by chance."""


class Visitor:
    """Somebody who signed in to an application in a browser."""

    def __init__(self, site: Site) -> None:
        self.browser: Browser = site.browser()
        self.browser.sign_in()
        client = another(
            SPA,
            post_logout_redirect_uris=(BACK, "com.example.app:/out"),
            backchannel_logout_uri=TOLD,
            is_first_party=True,
        )
        self.caller = Caller(site, client)
        self.session_id = SessionId(str(self.browser.cookie("sso")).split("_")[1])
        self.tokens = self.caller.tokens(parent_id=self.session_id)

    @property
    def hint(self) -> str:
        return self.tokens["id_token"]

    def ask(self, **parameters: str) -> Response:
        return self.browser.get(f"{LOGOUT}?{urlencode(parameters)}", **{"sec-fetch-site": "cross-site"})

    def press(self, page: Response) -> Response:
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        sent = {name: unescape(value) for name, value in fields.items()}
        return self.browser.client.post("/sign-out", data=sent, follow_redirects=False)

    @property
    def is_signed_in(self) -> bool:
        return self.browser.get("/account").status_code == 200


@pytest.fixture
def visitor(people: Site) -> Visitor:
    return Visitor(people)


def sends_itself(page: Response) -> bool:
    return "send-answer.js" in page.text


def test_logout_with_the_hint_of_this_session_sends_itself_and_leads_back(visitor: Visitor) -> None:
    page = visitor.ask(id_token_hint=visitor.hint, post_logout_redirect_uri=BACK, state="a state")

    answer = visitor.press(page)

    assert (page.status_code, sends_itself(page)) == (200, True)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BACK}?state=a+state")
    assert not visitor.is_signed_in


def test_logout_without_a_hint_asks_the_person(visitor: Visitor) -> None:
    page = visitor.ask(client_id=visitor.caller.client.id, post_logout_redirect_uri=BACK)

    assert (page.status_code, sends_itself(page)) == (200, False)
    assert "Reports" in page.text
    assert visitor.press(page).headers["location"] == BACK


def test_logout_without_anything_asks_and_stays_here(visitor: Visitor) -> None:
    page = visitor.ask()

    answer = visitor.press(page)

    assert not sends_itself(page)
    assert answer.headers["location"] == "/sign-in?notice=signed_out"


def test_logout_by_a_get_of_another_site_never_signs_out(visitor: Visitor) -> None:  # class 29
    for parameters in ({}, {"id_token_hint": visitor.hint}, {"client_id": visitor.caller.client.id}):
        visitor.ask(**parameters)

    assert visitor.is_signed_in


def test_logout_form_of_another_site_never_signs_out(visitor: Visitor) -> None:
    forged = visitor.browser.client.post(
        "/sign-out", data={"client_id": visitor.caller.client.id}, headers={"sec-fetch-site": "cross-site"}
    )

    assert forged.status_code == 403
    assert visitor.is_signed_in


def test_logout_post_of_another_site_leads_to_the_page(visitor: Visitor) -> None:
    sent = {"id_token_hint": visitor.hint, "post_logout_redirect_uri": BACK, "state": "s"}

    answer = visitor.browser.client.post(
        LOGOUT, data=sent, headers={"sec-fetch-site": "cross-site"}, follow_redirects=False
    )

    assert (answer.status_code, visitor.is_signed_in) == (303, True)
    assert visitor.press(visitor.browser.get(answer.headers["location"])).headers["location"] == f"{BACK}?state=s"


def test_logout_hint_that_is_over_counts(visitor: Visitor) -> None:
    site = visitor.caller.site
    site.clock.advance(site.house.tools.keyring.reread_after * 900)

    page = visitor.ask(id_token_hint=visitor.hint, post_logout_redirect_uri=BACK)

    assert sends_itself(page)


def test_logout_hint_of_another_session_asks(visitor: Visitor) -> None:
    other = visitor.caller.tokens()["id_token"]

    page = visitor.ask(id_token_hint=other, post_logout_redirect_uri=BACK)

    assert (page.status_code, sends_itself(page)) == (200, False)


@pytest.mark.parametrize(
    "uri",
    [
        BACK + "/",
        BACK + "?x=1",
        BACK + "#x",
        "https://app.example/",
        "https://evil.example/signed-out",
        "https://app.example@evil.example/signed-out",
        "//evil.example",
        "javascript:alert(1)",
        BACK.upper(),
        "https://app.example/signed-in",
    ],
)
def test_logout_address_that_nobody_registered_is_refused_and_changes_nothing(visitor: Visitor, uri: str) -> None:
    answer = visitor.ask(id_token_hint=visitor.hint, post_logout_redirect_uri=uri)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "evil" not in answer.text
    assert visitor.is_signed_in


@pytest.mark.requirement("OIDC-17", "V-08")
def test_logout_never_leads_to_an_address_of_an_attacker(visitor: Visitor) -> None:
    shapes = [shape for shape in open_redirects() if shape and len(shape) < 2000]
    some = [*shapes[:60], *shapes[60 :: len(shapes) // 190]]

    assert len(some) >= 240
    for shape in some:
        query = urlencode({"id_token_hint": visitor.hint, "post_logout_redirect_uri": shape}, errors="surrogatepass")
        answer = visitor.browser.get(f"{LOGOUT}?{query}")
        assert (answer.status_code, "location" in answer.headers) == (400, False), shape
        assert len(shape) < MARKED or shape not in unescape(answer.text), shape
    assert visitor.is_signed_in


def test_logout_address_on_the_form_is_looked_at_again(visitor: Visitor) -> None:
    page = visitor.ask(client_id=visitor.caller.client.id, post_logout_redirect_uri=BACK)
    tampered = re.sub(r'(name="post_logout_redirect_uri" value=")[^"]*', r"\1https://evil.example/", page.text)

    class Tampered:
        text = tampered

    answer = visitor.press(Tampered())  # type: ignore[arg-type]  # only its text is looked at

    assert answer.status_code == 400
    assert visitor.is_signed_in


def test_logout_address_without_a_client_is_refused(visitor: Visitor) -> None:
    assert visitor.ask(post_logout_redirect_uri=BACK).status_code == 400


def test_logout_hint_and_client_that_disagree_are_refused(visitor: Visitor) -> None:
    other = another(SPA)
    with visitor.caller.house.store.work() as work:
        work.clients.add(other)

    assert visitor.ask(id_token_hint=visitor.hint, client_id=other.id).status_code == 400


def test_logout_client_that_is_unknown_or_disabled_is_refused_and_changes_nothing(visitor: Visitor) -> None:
    assert visitor.ask(client_id="nobody").status_code == 400
    visitor.caller.house.flows.clients.set_enabled(visitor.caller.client.id, enabled=False)

    answers = [visitor.ask(client_id=visitor.caller.client.id), visitor.ask(id_token_hint=visitor.hint)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert visitor.is_signed_in


@pytest.mark.requirement("J-09")
def test_logout_hint_that_is_a_signed_answer_of_userinfo_is_refused(visitor: Visitor) -> None:
    app = Caller(visitor.caller.site, another(SPA, userinfo_algorithm=Algorithm.ES256))
    token = app.tokens(parent_id=visitor.session_id)["access_token"]
    answer = app.http.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
    assert answer.headers["content-type"] == "application/jwt"

    assert visitor.ask(id_token_hint=answer.text).status_code == 400
    assert visitor.is_signed_in


@pytest.mark.requirement("J-09")
def test_logout_hint_of_another_kind_is_refused(visitor: Visitor) -> None:
    hint = visitor.hint
    forged = [visitor.tokens["access_token"], visitor.tokens["refresh_token"], hint[:-4] + "AAAA", "x", "a.b.c"]

    assert [visitor.ask(id_token_hint=token).status_code for token in forged] == [400] * len(forged)
    assert visitor.is_signed_in


@pytest.mark.parametrize("query", ["state=a&state=b", "client_id=%ff", "client_id=a&client_id=a"])
def test_logout_request_that_cannot_be_read_is_refused(visitor: Visitor, query: str) -> None:
    assert visitor.browser.get(f"{LOGOUT}?{query}").status_code == 400


def test_logout_somebody_who_is_signed_out_goes_on(visitor: Visitor) -> None:
    stranger = visitor.caller.site.browser()

    answer = stranger.get(f"{LOGOUT}?{urlencode({'id_token_hint': visitor.hint, 'post_logout_redirect_uri': BACK})}")

    assert (answer.status_code, answer.headers["location"]) == (303, BACK)


def test_logout_app_with_a_scheme_of_its_own_is_led_to_by_a_link(visitor: Visitor) -> None:
    uri = "com.example.app:/out"

    answer = visitor.press(visitor.ask(id_token_hint=visitor.hint, post_logout_redirect_uri=uri))

    assert (answer.status_code, f'href="{uri}"' in answer.text) == (200, True)
    assert not visitor.is_signed_in


def test_logout_ends_the_tokens_and_tells_the_client(visitor: Visitor) -> None:
    visitor.press(visitor.ask(id_token_hint=visitor.hint))
    house = visitor.caller.house

    house.deliver()

    ((uri, form),) = house.wire.posted
    told = house.flows.keyring.read_own(form["logout_token"], "logout+jwt")
    assert uri == TOLD
    assert (told["sid"], told["sub"]) == (claims(visitor.hint)["sid"], claims(visitor.hint)["sub"])
    assert (told["aud"], "nonce" in told) == (visitor.caller.client.id, False)
    refreshed = visitor.caller.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=visitor.tokens["refresh_token"]
    )
    assert refreshed.json()["error"] == "invalid_grant"
