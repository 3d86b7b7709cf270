"""What every page has in common: its headers, its forms, its words for refusals."""

import re
from datetime import timedelta

import pytest

from tests.functional.pages.visitor import Visitor
from tests.functional.site import ABROAD, Site

OPEN = ("/", "/sign-in", "/register", "/verify", "/forgot", "/reset", "/unlock", "/setup")
CLOSED = ("/account", "/account/sessions", "/account/applications", "/account/confirm", "/sign-out")
FORMS = {
    "/sign-in": ("username", "password"),
    "/register": ("username", "email", "password"),
    "/verify": ("token",),
    "/verify/resend": ("email",),
    "/forgot": ("email",),
    "/reset": ("token", "new_password"),
    "/unlock": ("token",),
    "/setup": ("token", "username", "email", "password"),
    "/sign-out": (),
    "/account/username": ("username",),
    "/account/email": ("email",),
    "/account/password": ("current_password", "new_password"),
    "/account/export": (),
    "/account/delete": ("understood",),
    "/account/confirm": ("password",),
    "/account/sessions/end": ("session_id",),
    "/account/sessions/end-all": (),
    "/account/applications/revoke": ("client_id",),
    "/consent": ("request", "decision"),
}


@pytest.fixture
def pages(settled: Site) -> Site:
    return settled


@pytest.fixture
def member(pages: Site) -> Visitor:
    return Visitor(pages).sign_in()


def check_page(visitor: Visitor) -> None:
    """Check what holds for every page."""
    headers, paper = visitor.answer.headers, visitor.paper
    policy = headers["content-security-policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-request-id"]
    for tag, attributes in paper.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")
        if tag in ("script", "link") and attributes.get("rel") != "icon":
            assert attributes["nonce"] == nonce
            assert (attributes.get("src") or attributes.get("href") or "").startswith("/static/")
    assert paper.title.endswith("· Doorward")
    for form in paper.forms.values():
        assert ("csrf_token" in form.fields) is (form.method == "post"), form.action
    identifiers = [attributes["id"] for _, attributes in paper.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("planted", ["", "planted", "0" * 26])
def test_page_replaces_a_pre_session_that_is_none_of_ours(site: Site, planted: str) -> None:
    visitor = Visitor(site)
    visitor.client.cookies.set("__Host-dw_pre", planted, domain="auth.example", path="/")

    visitor.open("/sign-in").fill("sign-in-form", username="margaret", password="wrong")

    assert visitor.status == 401
    assert visitor.cookie("pre") != planted


@pytest.mark.parametrize("path", OPEN)
def test_page_for_everybody_is_whole(visitor: Visitor, path: str) -> None:
    visitor.open(path)

    assert visitor.status == 200
    check_page(visitor)


@pytest.mark.parametrize("path", [*OPEN[2:], *CLOSED, "/"])
def test_page_for_somebody_signed_in_is_whole(member: Visitor, path: str) -> None:
    member.open(path)

    assert member.status == 200
    check_page(member)


@pytest.mark.parametrize("path", CLOSED)
def test_page_of_an_account_leads_strangers_to_sign_in(visitor: Visitor, path: str) -> None:
    assert visitor.open(path).led_to == "/sign-in"


@pytest.mark.parametrize("path", OPEN)
def test_page_nonce_is_another_in_every_answer(visitor: Visitor, path: str) -> None:
    policies = {visitor.open(path).answer.headers["content-security-policy"] for _ in range(50)}

    assert len(policies) == 50


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", [None, "", "made.up", "AAAAAAAAAAAAAAAAAAAAAA.AAAA"])
def test_form_without_its_token_is_refused_on_a_page(member: Visitor, path: str, token: str | None) -> None:
    fields = dict.fromkeys(FORMS[path], "x") | ({} if token is None else {"csrf_token": token})

    member.post(path, fields)

    assert member.status == 403
    assert member.paper.texts["error-code"] == "CSRF_FAILED"
    check_page(member)


@pytest.mark.parametrize("path", FORMS)
def test_form_from_another_site_is_refused(member: Visitor, path: str) -> None:
    token = member.open("/account").paper.forms["username-form"].fields["csrf_token"]
    member.client.headers["sec-fetch-site"] = "same-site"

    member.post(path, {"csrf_token": token})

    assert member.status == 403
    assert member.paper.texts["error-code"] == "CSRF_FAILED"


@pytest.mark.parametrize("path", [path for path in FORMS if path.startswith(("/account", "/sign-out"))])
def test_form_of_an_account_leads_strangers_to_sign_in(visitor: Visitor, path: str) -> None:
    visitor.open("/sign-in")

    visitor.post(path, dict.fromkeys(FORMS[path], "x"))

    assert visitor.led_to == "/sign-in"


def test_form_token_of_another_session_is_refused(pages: Site, member: Visitor) -> None:
    other = Visitor(pages).open("/sign-in")
    stolen = other.paper.forms["sign-in-form"].fields["csrf_token"]

    member.post("/account/username", {"csrf_token": stolen, "username": "mallory"})

    assert member.status == 403


def test_form_as_json_is_refused(visitor: Visitor) -> None:
    visitor.open("/sign-in")

    visitor.answer = visitor.client.post("/sign-in", json={"username": "a", "password": "b"})

    assert visitor.status == 415
    check_page(visitor)


def test_form_field_that_comes_twice_is_refused(visitor: Visitor) -> None:
    visitor.open("/sign-in")

    visitor.answer = visitor.client.post("/sign-in", data={"username": ["a", "b"]})

    assert visitor.status == 400
    check_page(visitor)


@pytest.mark.parametrize("path", ["/nowhere", "/account/nowhere", "/dev/mail", "/sign-in/", "/console%00"])
def test_page_that_is_not_there_is_said_so(visitor: Visitor, path: str) -> None:
    visitor.open(path)

    assert visitor.status == 404
    assert visitor.paper.texts["error-code"] == "NOT_FOUND"
    assert "nowhere" not in visitor.answer.text
    check_page(visitor)


def test_page_by_another_method_is_refused(visitor: Visitor) -> None:
    visitor.open("/sign-in")

    visitor.answer = visitor.client.put("/sign-in")

    assert visitor.status in (403, 405)
    check_page(visitor)


def test_page_refused_for_programs_is_a_problem_document(pages: Site) -> None:
    answer = pages.client().get("/nowhere")

    assert answer.headers["content-type"] == "application/problem+json"


def test_page_too_often_says_when_to_come_back(pages: Site) -> None:
    visitor = Visitor(pages, ABROAD).open("/forgot")
    page = visitor.answer

    for _ in range(61):
        visitor.answer = page
        visitor.fill("forgot-form", email="nobody@mail.example")

    assert visitor.status == 429
    assert int(visitor.answer.headers["retry-after"]) >= 1
    assert re.fullmatch(r"Try again in \d+ (second|minute)s? ?\.", visitor.paper.texts["retry-after"])
    check_page(visitor)


def test_page_after_something_unforeseen_tells_the_request_alone(pages: Site, visitor: Visitor) -> None:
    object.__setattr__(pages.house.flows, "lacks_operator", lambda: 1 / 0)

    visitor.open("/")

    assert visitor.status == 500
    assert visitor.paper.texts["request-id"] == visitor.answer.headers["x-request-id"]
    assert "ZeroDivision" not in visitor.answer.text
    check_page(visitor)


def test_page_session_ends_for_pages_too_when_it_is_ended_elsewhere(pages: Site, member: Visitor) -> None:
    account_id = pages.house.sign_in().profile.id
    pages.house.flows.close_account(account_id)

    member.open("/account")

    assert member.led_to == "/sign-in?notice=session_ended"
    assert "notice" in member.follow().paper.ids


def test_page_session_outlives_the_access_token(pages: Site, member: Visitor) -> None:
    pages.clock.advance(timedelta(days=13))

    assert member.open("/account").status == 200


def test_page_session_ends_when_it_was_idle_too_long(pages: Site, member: Visitor) -> None:
    token = member.cookie("sso") or ""
    pages.clock.advance(timedelta(days=14, seconds=1))
    thief = Visitor(pages)
    thief.client.cookies.set("__Host-dw_sso", token, domain="auth.example")

    assert thief.open("/account").led_to == "/sign-in?notice=session_ended"


@pytest.mark.parametrize("name", ["access", "refresh", "device", "csrf"])
def test_page_session_is_no_other_cookie(member: Visitor, pages: Site, name: str) -> None:
    value = next(held.value for held in member.client.cookies.jar if held.name.endswith(f"dw_{name}"))
    thief = Visitor(pages)
    thief.client.cookies.set("__Host-dw_sso", value or "", domain="auth.example")

    assert thief.open("/account").led_to == "/sign-in?notice=session_ended"


def test_page_session_is_nothing_for_the_api(member: Visitor, pages: Site) -> None:
    thief = pages.client()
    thief.cookies.set("__Host-dw_sso", member.cookie("sso") or "", domain="auth.example")

    assert thief.get("/v1/web/me").status_code == 401


def test_page_of_another_brand_is_headed_with_its_name(site: Site) -> None:
    object.__setattr__(site.doors, "brand_name", "<Acme> & Sons")

    visitor = Visitor(site.built_anew()).open("/sign-in")

    assert "&lt;Acme&gt; &amp; Sons" in visitor.answer.text
    assert "<Acme>" not in visitor.answer.text
