"""Signing in with another provider, over HTTP: there and back, and every way to mislead it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from doorward.core.federation.records import Answer
from doorward.core.kernel.outgoing import Fetched
from tests.functional.pages.abroad import KIND, a_site_with, callback, come_back, go, leave
from tests.functional.pages.visitor import Visitor
from tests.functional.site import ABROAD, Site
from tests.house import code_of
from tests.upstream import Elsewhere, a_provider


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere(a_provider(KIND))


@pytest.fixture
def pages(tmp_path: Path, empty_store: Path, elsewhere: Elsewhere) -> Iterator[Site]:
    with a_site_with(elsewhere, tmp_path, empty_store) as site:
        yield site


@pytest.fixture
def apples(tmp_path: Path, empty_store: Path) -> Iterator[tuple[Site, Elsewhere]]:
    elsewhere = Elsewhere(a_provider("apple"))
    with a_site_with(elsewhere, tmp_path, empty_store) as site:
        yield site, elsewhere


@pytest.mark.parametrize("page", ["/sign-in", "/register"])
def test_button_leads_there_and_the_answer_signs_in(pages: Site, elsewhere: Elsewhere, page: str) -> None:
    visitor = go(Visitor(pages), elsewhere, page)

    assert visitor.led_to == "/account"
    assert "ada@mail.example" in visitor.follow().answer.text
    assert None not in [visitor.cookie(name) for name in ("access", "csrf", "sso", "device")]


def test_no_provider_no_button(site: Site) -> None:
    visitor = Visitor(site)

    for page in ("/sign-in", "/register"):
        assert "providers" not in visitor.open(page).paper.ids


def test_page_that_leads_away_has_the_strict_policy_of_all_pages(pages: Site) -> None:
    visitor = Visitor(pages)
    leave(visitor.open("/sign-in"))

    policy = visitor.answer.headers["content-security-policy"]
    assert "form-action 'self';" in policy
    assert visitor.answer.headers["referrer-policy"] == "no-referrer"


def test_cookie_that_waits_is_for_us_alone(pages: Site) -> None:
    visitor = Visitor(pages)
    leave(visitor.open("/sign-in"))

    cookie = visitor.set_cookies()["away"].lower()
    assert cookie.startswith("__host-")
    for part in ("httponly", "secure", "samesite=lax", "path=/", "max-age=600"):
        assert part in cookie


def test_answer_in_another_browser_is_refused_in_plain_words(pages: Site, elsewhere: Elsewhere) -> None:
    attackers = elsewhere.authorize(leave(Visitor(pages, ABROAD).open("/sign-in")))
    victim = Visitor(pages)
    leave(victim.open("/sign-in"))

    come_back(victim, attackers)

    assert victim.status == 400
    assert "was not begun in this browser" in victim.paper.texts["error-summary"]
    assert victim.cookie("sso") is None


@pytest.mark.parametrize(
    "changes",
    [{"error": "access_denied"}, {"error": "<script>alert(1)</script>", "error_description": "<b>x</b>"}],
    ids=str,
)
def test_person_who_declined_is_told_and_nothing_of_the_provider_is_repeated(
    pages: Site, elsewhere: Elsewhere, changes: dict[str, str]
) -> None:
    visitor = Visitor(pages)

    come_back(visitor, elsewhere.authorize(leave(visitor.open("/sign-in"))), **changes)

    assert visitor.status == 400
    assert "did not sign you in" in visitor.paper.texts["error-summary"]
    assert "alert(1)" not in visitor.answer.text


def test_answer_with_a_repeated_parameter_is_refused(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = Visitor(pages)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in")))

    visitor.open(f"{callback(answer)}&state=another")

    assert visitor.status == 400


@pytest.mark.parametrize("query", ["", "state=", "state=x&code=y", "code=y", "state[]=x", "state=%00", "state=%ff"])
def test_answer_that_is_none_is_refused(pages: Site, query: str) -> None:
    visitor = Visitor(pages).open(f"/sign-in/with/{KIND}/callback?{query}")

    assert visitor.status == 400
    assert pages.notes.failures == []


@pytest.mark.parametrize("path", ["/sign-in/with/nobody/callback", "/sign-in/with/..%2f/callback"])
def test_provider_that_there_is_not_is_not_found(pages: Site, path: str) -> None:
    assert Visitor(pages).open(path).status == 404


def test_answer_by_a_form_where_an_address_is_awaited_is_refused(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = Visitor(pages)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in")))

    visitor.post(f"/sign-in/with/{KIND}/callback", {"state": answer.state, "code": answer.code or ""})

    assert visitor.status == 400
    assert visitor.cookie("sso") is None


def test_going_there_needs_the_token_against_forgery(pages: Site) -> None:
    visitor = Visitor(pages).open("/sign-in")

    visitor.post(f"/sign-in/with/{KIND}", {})

    assert visitor.status == 403


def test_provider_that_is_away_is_told_in_plain_words(pages: Site, elsewhere: Elsewhere) -> None:
    elsewhere.is_away = True
    visitor = Visitor(pages).open("/sign-in")

    visitor.fill(f"with-{KIND}-form")

    assert visitor.status == 503
    assert "does not answer right now" in visitor.paper.texts["error-summary"]
    assert pages.notes.refusals[-1][:2] == ("SERVICE_UNAVAILABLE", "connection")


def test_token_endpoint_that_is_away_is_told_in_plain_words(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = Visitor(pages)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in")))
    elsewhere.is_away = True

    come_back(visitor, answer)

    assert visitor.status == 503


def test_answer_that_cannot_be_believed_is_told_in_plain_words(pages: Site, elsewhere: Elsewhere) -> None:
    elsewhere.answers["https://id.elsewhere.example/token"] = Fetched(400, "application/json", b"{}")

    visitor = go(Visitor(pages), elsewhere)

    assert visitor.status == 400
    assert "cannot accept" in visitor.paper.texts["error-summary"]


def test_address_that_is_not_proven_asks_for_the_code_from_the_mail(pages: Site, elsewhere: Elsewhere) -> None:
    elsewhere.person.verified = False
    visitor = go(Visitor(pages), elsewhere)

    assert visitor.led_to == "/sign-in/finish"
    visitor.follow()
    assert "ada@mail.example" in visitor.answer.text
    (letter,) = pages.house.deliver()
    visitor.fill("finish-form", code="00000000")
    assert visitor.status == 400
    visitor.fill("finish-form", code=code_of(letter))
    assert visitor.led_to == "/account"
    assert visitor.cookie("finish") is None


def test_code_in_another_browser_does_not_work(pages: Site, elsewhere: Elsewhere) -> None:
    elsewhere.person.verified = False
    go(Visitor(pages), elsewhere)

    stranger = Visitor(pages, ABROAD).open("/sign-in/finish")

    assert stranger.status == 400
    assert "finish-form" not in stranger.paper.forms


def test_code_left_empty_is_asked_for(pages: Site, elsewhere: Elsewhere) -> None:
    elsewhere.person.verified = False
    visitor = go(Visitor(pages), elsewhere).follow()

    visitor.fill("finish-form", code="")

    assert visitor.status == 422


def test_known_device_is_known_again(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere)
    first = visitor.cookie("device")
    visitor.open("/sign-out").fill("sign-out-form")

    go(visitor, elsewhere)

    assert visitor.cookie("device") == first


def test_session_that_was_there_is_replaced(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = go(Visitor(pages), elsewhere)
    token = visitor.cookie("sso")
    answer = elsewhere.authorize(_begin_again(visitor))

    come_back(visitor, answer)

    assert visitor.cookie("sso") != token
    with pages.house.store.view() as view:
        account = view.accounts.by_email("ada@mail.example")
        assert account is not None
        assert len(view.sessions.live_of(account.id, now=pages.clock.now())) == 1


def _begin_again(visitor: Visitor) -> str:
    fields = visitor.open("/account").paper.forms["username-form"].fields
    visitor.post(f"/sign-in/with/{KIND}", {"csrf_token": fields["csrf_token"]})
    return next(str(facts["href"]) for _, facts in visitor.paper.elements if facts.get("id") == "leave-link")


def test_request_of_an_application_leads_back_to_it(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = Visitor(pages).open("/sign-in")
    visitor.fill(f"with-{KIND}-form", request="dwo1_sign-in-request_a_b")
    url = next(str(facts["href"]) for _, facts in visitor.paper.elements if facts.get("id") == "leave-link")

    come_back(visitor, elsewhere.authorize(url))

    assert visitor.led_to == "/sign-in?request=dwo1_sign-in-request_a_b"


@pytest.mark.parametrize("request_", ["https://evil.example", "//evil.example", "\\evil.example", "a\r\nb: c"])
def test_request_is_never_where_somebody_is_led(pages: Site, elsewhere: Elsewhere, request_: str) -> None:
    visitor = Visitor(pages).open("/sign-in")
    visitor.fill(f"with-{KIND}-form", request=request_)
    url = next(str(facts["href"]) for _, facts in visitor.paper.elements if facts.get("id") == "leave-link")

    come_back(visitor, elsewhere.authorize(url))

    parts = urlsplit(visitor.led_to)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/sign-in")


def test_answer_by_a_form_of_another_site_signs_in(apples: tuple[Site, Elsewhere]) -> None:
    site, elsewhere = apples
    visitor = Visitor(site)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in"), "with-apple-form"))
    cookie = visitor.set_cookies()["away_by_form"].lower()

    _post_from_elsewhere(visitor, answer)

    assert "samesite=none" in cookie
    assert "secure" in cookie
    assert visitor.led_to == "/account"
    assert "max-age=0" in visitor.set_cookies()["away_by_form"].lower()


def test_answer_by_a_form_of_another_site_in_another_browser_is_refused(apples: tuple[Site, Elsewhere]) -> None:
    site, elsewhere = apples
    answer = elsewhere.authorize(leave(Visitor(site).open("/sign-in"), "with-apple-form"))
    victim = Visitor(site, ABROAD)

    _post_from_elsewhere(victim, answer)

    assert victim.status == 400
    assert victim.cookie("sso") is None


def test_answer_by_an_address_where_a_form_is_awaited_is_refused(apples: tuple[Site, Elsewhere]) -> None:
    site, elsewhere = apples
    visitor = Visitor(site)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in"), "with-apple-form"))

    visitor.open(f"/sign-in/with/apple/callback?{urlencode({'state': answer.state, 'code': answer.code or ''})}")

    assert visitor.status == 400


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_answer_by_a_form_of_another_type_is_refused(apples: tuple[Site, Elsewhere], media_type: str) -> None:
    visitor = Visitor(apples[0])

    visitor.answer = visitor.client.post(
        "/sign-in/with/apple/callback", content=b'{"state": "x"}', headers={"content-type": media_type}
    )

    assert visitor.status == 415


def _post_from_elsewhere(visitor: Visitor, answer: Answer) -> None:
    """Send the form of the provider's page: only the cookie that is meant for that comes along."""
    kept = {held.name: held.value for held in visitor.client.cookies.jar if held.name.endswith("away_by_form")}
    bare = visitor.site.client(visitor.address)
    bare.headers.update({"sec-fetch-site": "cross-site", "origin": "https://appleid.apple.com"})
    for name, value in kept.items():
        bare.cookies.set(name, value or "")
    fields = {"state": answer.state, "code": answer.code or "", "user": '{"name": {"firstName": "Ada"}}'}
    visitor.answer = bare.post("/sign-in/with/apple/callback", data=fields, follow_redirects=False)
    visitor.client = bare


@pytest.mark.requirement("C-07")
def test_answer_that_is_only_looked_at_is_not_used_up(pages: Site, elsewhere: Elsewhere) -> None:
    visitor = Visitor(pages)
    answer = elsewhere.authorize(leave(visitor.open("/sign-in")))
    asked = len(elsewhere.requests)

    looked = visitor.client.head(callback(answer))

    assert looked.status_code == 405
    assert "set-cookie" not in looked.headers
    assert len(elsewhere.requests) == asked
    assert come_back(visitor, answer).led_to == "/account"
