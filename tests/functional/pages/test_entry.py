"""The way in: signing in and out, registering, proving an address."""

import re

import pytest

from doorward.core.accounts.records import Registration
from tests.functional.pages.hostile import HOSTILE
from tests.functional.pages.visitor import Visitor, beside
from tests.functional.site import Site, last_token
from tests.house import KNOWN_PASSWORD, PASSWORD, WRONG_PASSWORD, code_of


def newcomer(visitor: Visitor, name: str = "margaret", password: str = PASSWORD) -> Visitor:
    """Fill in the registration."""
    fields = {"username": name, "email": f"{name}@mail.example", "password": password}
    return visitor.open("/register").fill("register-form", **fields)


def test_sign_in_right_password_leads_to_the_account(pages: Site, visitor: Visitor) -> None:
    pages.house.account()

    visitor.open("/sign-in").fill("sign-in-form", username="margaret", password=PASSWORD)

    set_cookies = visitor.set_cookies()
    assert visitor.led_to == "/account"
    assert set(set_cookies) == {"access", "refresh", "csrf", "device", "sso", "pre"}
    assert re.search(
        r"^__Host-dw_sso=dwp1_\S+; HttpOnly; Max-Age=1209600; Path=/; SameSite=lax; Secure$", set_cookies["sso"]
    )
    assert "Max-Age=0" in set_cookies["pre"]
    assert visitor.follow().status == 200


def test_sign_in_by_address_works_too(pages: Site, visitor: Visitor) -> None:
    pages.house.account()

    visitor.sign_in("MARGARET@mail.example")

    assert visitor.status == 200


@pytest.mark.parametrize("login", ["margaret", "nobody", "claimed", *HOSTILE])
def test_sign_in_refused_is_the_same_whoever_it_was(pages: Site, visitor: Visitor, login: str) -> None:
    pages.house.account()
    pages.house.claim("claimed")

    visitor.open("/sign-in").fill("sign-in-form", username=login, password=WRONG_PASSWORD)

    assert visitor.status == 401
    assert visitor.paper.texts["error-summary"].startswith("There is a problem The name or the password is not right.")
    assert visitor.paper.forms["sign-in-form"].fields["username"] == login
    assert WRONG_PASSWORD not in visitor.answer.text
    assert visitor.paper.title.startswith("Error: ")
    assert visitor.cookie("sso") is None


@pytest.mark.parametrize("value", HOSTILE)
def test_sign_in_hostile_name_is_text_and_nothing_else(visitor: Visitor, value: str) -> None:
    visitor.open("/sign-in")
    before = [tag for tag, _ in visitor.paper.elements if tag in ("script", "img", "svg", "input")]

    visitor.fill("sign-in-form", username=value, password=value)

    after = [tag for tag, _ in visitor.paper.elements if tag in ("script", "img", "input")]
    assert visitor.status == 401
    assert after == [tag for tag in before if tag != "svg"]
    assert "49" not in visitor.paper.forms["sign-in-form"].fields["username"]


def test_sign_in_nothing_typed_is_asked_for_again(pages: Site, visitor: Visitor) -> None:
    visitor.open("/sign-in").fill("sign-in-form", username="", password="")

    assert visitor.status == 422
    assert {"username-error", "password-error"} <= visitor.paper.ids
    assert pages.house.hasher.calls == 0


def test_sign_in_again_replaces_the_session(pages: Site, member: Visitor) -> None:
    old = member.cookie("sso") or ""
    token = member.paper.forms["username-form"].fields["csrf_token"]

    member.post("/sign-in", {"csrf_token": token, "username": "margaret", "password": PASSWORD})

    thief = Visitor(pages)
    thief.client.cookies.set("__Host-dw_sso", old, domain="auth.example")
    assert member.led_to == "/account"
    assert member.cookie("sso") != old
    assert thief.open("/account").status == 303


def test_sign_in_somebody_signed_in_is_led_to_the_account(member: Visitor) -> None:
    assert member.open("/sign-in").led_to == "/account"


@pytest.mark.requirement("C-12")
def test_sign_in_beside_another_application_leads_to_where_that_begins(site: Site) -> None:
    site.house.account()
    visitor = Visitor(beside(site, "/shop?from=sign-in"))

    brand = visitor.open("/sign-in").answer.text
    arrived = visitor.fill("sign-in-form", username="margaret", password=PASSWORD).led_to
    again = visitor.open("/sign-in").led_to

    assert '<a class="brand" href="/shop?from=sign-in">' in brand
    assert (arrived, again) == ("/shop?from=sign-in", "/shop?from=sign-in")


@pytest.mark.requirement("C-12")
@pytest.mark.parametrize("query", ["?next=https://evil.example", "?home_path=//evil.example", "?return_to=/elsewhere"])
def test_sign_in_beside_another_application_leads_nowhere_else(site: Site, query: str) -> None:
    site.house.account()
    visitor = Visitor(beside(site, "/shop"))

    visitor.open(f"/sign-in{query}")
    visitor.fill("sign-in-form", username="margaret", password=PASSWORD)

    assert visitor.led_to == "/shop"


@pytest.mark.parametrize("query", ["?next=https://evil.example", "?notice=https://evil.example", "?return_to=//evil"])
def test_sign_in_leads_nowhere_that_the_address_says(pages: Site, visitor: Visitor, query: str) -> None:
    pages.house.account()

    visitor.open(f"/sign-in{query}")

    assert "evil" not in visitor.answer.text
    assert visitor.fill("sign-in-form", username="margaret", password=PASSWORD).led_to == "/account"


def test_sign_out_ends_the_session_and_its_cookies(pages: Site, member: Visitor) -> None:
    token = member.cookie("sso") or ""

    member.open("/sign-out").fill("sign-out-form")

    thief = Visitor(pages)
    thief.client.cookies.set("__Host-dw_sso", token, domain="auth.example")
    assert member.led_to == "/sign-in?notice=signed_out"
    assert all("Max-Age=0" in header for header in member.set_cookies().values())
    assert thief.open("/account").status == 303
    assert member.follow().paper.texts["notice"] == "You are signed out on this device."


def test_register_new_account_asks_for_the_code(pages: Site, visitor: Visitor) -> None:
    newcomer(visitor)

    assert visitor.led_to == "/register?notice=sent"
    assert "margaret@mail.example" in visitor.follow().answer.text
    assert visitor.paper.forms["verify-form"].fields["email"] == "margaret@mail.example"
    code = code_of(pages.house.deliver()[-1])
    visitor.fill("verify-form", code=code)
    assert visitor.led_to == "/sign-in?notice=email_confirmed"
    assert visitor.sign_in().status == 200


def test_register_address_is_named_to_this_browser_alone(pages: Site, visitor: Visitor) -> None:
    newcomer(visitor)
    sent = visitor.cookie("sent") or ""

    other = Visitor(pages).open("/sign-in")
    other.client.cookies.set("__Host-dw_sent", sent, domain="auth.example")

    assert other.open("/register?notice=sent").led_to == "/verify"
    assert "margaret" not in other.follow().answer.text


@pytest.mark.parametrize("forged", ["", "x", "x.y", "bWFsbG9yeUBtYWlsLmV4YW1wbGU.aaaa", "%%%.a", "____.aaaa"])
def test_register_forged_address_is_not_shown(visitor: Visitor, forged: str) -> None:
    visitor.open("/sign-in")
    visitor.client.cookies.set("__Host-dw_sent", forged, domain="auth.example")

    assert visitor.open("/register?notice=sent").led_to == "/verify"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"username": "ab"}, ["username"]),
        ({"email": "no address"}, ["email"]),
        ({"password": "short"}, ["password"]),
        ({"password": KNOWN_PASSWORD}, ["password"]),
        ({"password": "margaretmargaret"}, ["password"]),
        ({"username": "", "email": "", "password": ""}, ["username", "email", "password"]),
    ],
)
def test_register_unsuitable_fields_are_all_named(visitor: Visitor, typed: dict[str, str], wrong: list[str]) -> None:
    fields = {"username": "margaret", "email": "margaret@mail.example", "password": PASSWORD, **typed}

    visitor.open("/register").fill("register-form", **fields)

    errors = [found for found in ("username", "email", "password") if f"{found}-error" in visitor.paper.ids]
    assert visitor.status == 422
    assert errors == wrong
    assert fields["password"] == "" or fields["password"] not in visitor.answer.text
    assert visitor.paper.forms["register-form"].fields["username"] == fields["username"]


@pytest.mark.parametrize("value", HOSTILE)
def test_register_hostile_fields_are_refused_as_text(visitor: Visitor, value: str) -> None:
    visitor.open("/register").fill("register-form", username=value, email=value, password=value)

    assert visitor.status == 422
    assert not [tag for tag, attributes in visitor.paper.elements if tag == "img" or "onfocus" in attributes]
    assert len([tag for tag, _ in visitor.paper.elements if tag == "script"]) == 3


def test_register_taken_name_is_refused_in_words_that_tell_no_field(pages: Site, visitor: Visitor) -> None:
    pages.house.account()

    newcomer(visitor)

    assert visitor.status == 400
    assert "exists already" in visitor.paper.texts["error-summary"]
    assert "username-error" not in visitor.paper.ids


def test_register_private_profile_is_the_same_for_taken_and_free(pages: Site) -> None:
    pages.house.account()
    object.__setattr__(pages.house.flows.register, "registration", Registration.PRIVATE)

    taken, free = newcomer(Visitor(pages)), newcomer(Visitor(pages), "ada")

    assert taken.led_to == free.led_to == "/register?notice=sent"


def test_verify_link_changes_nothing_until_the_button(pages: Site, visitor: Visitor) -> None:
    token = pages.house.claim().token

    for _ in range(3):
        visitor.open(f"/verify?token={token}")

    assert visitor.status == 200
    with pages.house.store.view() as work:
        assert work.accounts.count() == 0
    assert visitor.fill("verify-form").led_to == "/sign-in?notice=email_confirmed"


def test_verify_link_of_a_new_address_moves_the_account(pages: Site, member: Visitor) -> None:
    member.fill("email-form", email="new@mail.example").follow()

    member.open(f"/verify?token={last_token(pages)}").fill("verify-form")

    assert member.led_to == "/sign-in?notice=email_confirmed"
    assert member.sign_in("new@mail.example").status == 200


def test_verify_wrong_code_is_refused_beside_its_field(pages: Site, visitor: Visitor) -> None:
    pages.house.claim()

    visitor.open("/verify").fill("verify-form", email="margaret@mail.example", code="00000000")

    assert visitor.status == 400
    assert "code-error" in visitor.paper.ids
    assert visitor.paper.forms["resend-form"].fields["email"] == "margaret@mail.example"


def test_verify_nothing_typed_is_asked_for_again(visitor: Visitor) -> None:
    visitor.open("/verify").fill("verify-form")

    assert visitor.status == 422
    assert {"email-error", "code-error"} <= visitor.paper.ids


def test_verify_no_address_is_refused_beside_its_field(visitor: Visitor) -> None:
    visitor.open("/verify").fill("verify-form", email="no address", code="1")

    assert visitor.status == 422
    assert "email-error" in visitor.paper.ids


def test_verify_name_that_was_taken_meanwhile_is_said_so(pages: Site, visitor: Visitor) -> None:
    token = pages.house.claim("margaret", email="late@mail.example").token
    visitor.open(f"/verify?token={token}")
    pages.house.account("margaret")

    visitor.fill("verify-form")

    assert visitor.status == 400
    assert "exists already" in visitor.paper.texts["error-summary"]


def test_resend_answers_the_same_for_everybody(pages: Site) -> None:
    pages.house.account("ada")
    pages.house.claim("grace")
    seen = []

    for name in ("ada", "grace", "nobody"):
        visitor = Visitor(pages).open("/verify").fill("resend-form", email=f"{name}@mail.example")
        where = visitor.led_to
        page = re.sub(r"nonce=\S+|value=\S+|[0-9a-f]{32}", "", visitor.follow().answer.text)
        seen.append((where, page.replace(name, "")))

    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == "/verify?notice=resent"


def test_resend_no_address_is_refused_beside_its_field(visitor: Visitor) -> None:
    visitor.open("/verify").fill("resend-form", email="no address")

    assert visitor.status == 422
    assert "resend_email-error" in visitor.paper.ids
