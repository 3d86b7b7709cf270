"""Back in by mail: a forgotten password, a suspended sign-in; and the link that makes the first operator."""

import re
from datetime import timedelta

import pytest

from doorward.core.access.records import OPERATOR
from tests.functional.pages.hostile import HOSTILE
from tests.functional.pages.visitor import Visitor
from tests.functional.site import ABROAD, Site, last_code, last_token
from tests.house import HOME, KNOWN_PASSWORD, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD

TOKEN_PAGES = ("/verify", "/reset", "/unlock", "/setup")


def test_forgot_answers_the_same_for_everybody(pages: Site) -> None:
    pages.house.account("ada")
    seen = []

    for name in ("ada", "nobody"):
        visitor = Visitor(pages).open("/forgot").fill("forgot-form", email=f"{name}@mail.example")
        where = visitor.led_to
        page = re.sub(r"nonce=\S+|value=\S+|[0-9a-f]{32}", "", visitor.follow().answer.text)
        seen.append((where, page.replace(name, "")))

    assert seen[0] == seen[1]
    assert seen[0][0] == "/forgot?notice=sent"


def test_forgot_no_address_is_refused_beside_its_field(visitor: Visitor) -> None:
    visitor.open("/forgot").fill("forgot-form", email="<b>no address</b>")

    assert visitor.status == 422
    assert "email-error" in visitor.paper.ids
    assert "<b>" not in visitor.answer.text


def test_forgot_sent_page_opened_by_itself_names_nobody(visitor: Visitor) -> None:
    visitor.open("/forgot?notice=sent")

    assert visitor.status == 200
    assert "<strong></strong>" not in visitor.answer.text


def test_reset_by_mail_sets_the_password_and_knows_the_device(pages: Site, member: Visitor) -> None:
    visitor = Visitor(pages, ABROAD).open("/forgot").fill("forgot-form", email="margaret@mail.example")
    token = last_token(pages)

    visitor.open(f"/reset?token={token}").fill("reset-form", new_password=OTHER_PASSWORD)

    assert visitor.led_to == "/sign-in?notice=password_reset"
    assert set(visitor.set_cookies()) == {"device", "sent"}
    assert visitor.sign_in(password=OTHER_PASSWORD).status == 200
    assert member.open("/account").led_to == "/sign-in?notice=session_ended"


def test_reset_unsuitable_password_keeps_the_link(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    pages.house.flows.forgot_password("margaret@mail.example")

    visitor.open(f"/reset?token={last_token(pages)}").fill("reset-form", new_password="short")

    assert visitor.status == 422
    assert "new_password-error" in visitor.paper.ids
    assert visitor.fill("reset-form", new_password=OTHER_PASSWORD).status == 303


def test_reset_link_works_once(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    pages.house.flows.forgot_password("margaret@mail.example")
    form = visitor.open(f"/reset?token={last_token(pages)}").answer
    visitor.fill("reset-form", new_password=OTHER_PASSWORD)
    visitor.answer = form

    visitor.fill("reset-form", new_password=PASSWORD)

    assert visitor.status == 400
    assert "forgot-link" in visitor.paper.ids
    assert "token" not in visitor.paper.forms["reset-form"].fields


def test_reset_by_code_sets_the_password(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    visitor.open("/forgot").fill("forgot-form", email="margaret@mail.example").follow()
    assert "code-link" in visitor.paper.ids
    code = last_code(pages)

    visitor.open("/reset")
    address = visitor.paper.forms["reset-form"].fields["email"]
    refused = visitor.fill("reset-form", code="00000000", new_password=OTHER_PASSWORD).status
    wrong = visitor.paper.ids
    unsuitable = visitor.fill("reset-form", code=code, new_password="short").status
    kept = visitor.paper.forms["reset-form"].fields["code"]
    visitor.fill("reset-form", new_password=OTHER_PASSWORD)

    assert address == "margaret@mail.example"
    assert (refused, unsuitable, kept) == (400, 422, code)
    assert "code-error" in wrong
    assert visitor.led_to == "/sign-in?notice=password_reset"
    assert visitor.sign_in(password=OTHER_PASSWORD).status == 200


@pytest.mark.parametrize("path", ["/reset", "/unlock"])
def test_code_that_is_left_out_is_asked_for_beside_its_field(visitor: Visitor, path: str) -> None:
    visitor.open(path).fill(f"{path.strip('/')}-form")

    assert visitor.status == 422
    assert {"email-error", "code-error"} <= visitor.paper.ids


@pytest.mark.parametrize("path", ["/reset", "/unlock"])
def test_code_with_what_is_no_address_is_refused_beside_its_field(visitor: Visitor, path: str) -> None:
    visitor.open(path).fill(f"{path.strip('/')}-form", email="<b>x</b>", code="12345678", new_password=OTHER_PASSWORD)

    assert visitor.status == 422
    assert "email-error" in visitor.paper.ids
    assert "<b>" not in visitor.answer.text


def test_unlock_by_code_lets_this_device_in(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    for _ in range(5):
        visitor.open("/sign-in").fill("sign-in-form", username="margaret", password=WRONG_PASSWORD)
    code = last_code(pages)

    refused = visitor.open("/unlock").fill("unlock-form", email="margaret@mail.example", code="00000000").status
    visitor.fill("unlock-form", email="margaret@mail.example", code=code)

    assert refused == 400
    assert visitor.led_to == "/sign-in?notice=unlocked"
    assert visitor.sign_in().status == 200


def test_links_opened_again_and_again_by_scanners_of_mail_still_work(pages: Site, visitor: Visitor) -> None:
    pages.house.flows.register("margaret", "margaret@mail.example", password=PASSWORD, caller=HOME)
    opened_often(pages, f"/verify?token={last_token(pages)}", visitor).fill("verify-form")
    verified = visitor.led_to
    for _ in range(5):
        visitor.open("/sign-in").fill("sign-in-form", username="margaret", password=WRONG_PASSWORD)
    opened_often(pages, f"/unlock?token={last_token(pages)}", visitor).fill("unlock-form")
    unlocked = visitor.led_to
    pages.house.flows.forgot_password("margaret@mail.example")
    opened_often(pages, f"/reset?token={last_token(pages)}", visitor).fill("reset-form", new_password=OTHER_PASSWORD)

    assert verified == "/sign-in?notice=email_confirmed"
    assert unlocked == "/sign-in?notice=unlocked"
    assert visitor.led_to == "/sign-in?notice=password_reset"


def opened_often(pages: Site, path: str, visitor: Visitor) -> Visitor:
    """Open a link as several scanners do, then as its reader."""
    for method in ("GET", "HEAD", "GET", "GET"):
        pages.client(ABROAD).request(method, path)
    return visitor.open(path)


def test_unlock_by_mail_lets_this_device_in(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    for _ in range(5):
        visitor.open("/sign-in").fill("sign-in-form", username="margaret", password=WRONG_PASSWORD)
    assert visitor.fill("sign-in-form", username="margaret", password=PASSWORD).status == 401

    visitor.open(f"/unlock?token={last_token(pages)}").fill("unlock-form")

    assert visitor.led_to == "/sign-in?notice=unlocked"
    assert set(visitor.set_cookies()) == {"device"}
    assert visitor.sign_in().status == 200


def test_unlock_link_works_once(pages: Site, visitor: Visitor) -> None:
    pages.house.account()
    for _ in range(5):
        visitor.open("/sign-in").fill("sign-in-form", username="margaret", password=WRONG_PASSWORD)
    form = visitor.open(f"/unlock?token={last_token(pages)}").answer
    visitor.fill("unlock-form")
    visitor.answer = form

    assert visitor.fill("unlock-form").status == 400


def test_setup_link_makes_the_first_operator(pages: Site, visitor: Visitor) -> None:
    assert "needs-operator" in visitor.open("/").paper.ids
    token = pages.house.flows.invite_first_operator()

    visitor.open(f"/setup?token={token}").fill(
        "setup-form", username="grace", email="grace@mail.example", password=PASSWORD
    )

    assert visitor.led_to == "/sign-in?notice=account_created"
    assert "needs-operator" not in visitor.open("/").paper.ids
    assert visitor.sign_in("grace").status == 200
    with pages.house.store.view() as work:
        assert work.roles.holders(OPERATOR) == 1


def test_setup_unsuitable_fields_are_named_and_the_link_stays(pages: Site, visitor: Visitor) -> None:
    token = pages.house.flows.invite_first_operator()

    visitor.open(f"/setup?token={token}").fill("setup-form", username="g", email="grace", password="x")

    assert visitor.status == 422
    assert {"username-error", "email-error", "password-error"} <= visitor.paper.ids
    assert visitor.paper.forms["setup-form"].fields["token"] == token


def test_setup_password_known_to_attackers_is_refused(pages: Site, visitor: Visitor) -> None:
    token = pages.house.flows.invite_first_operator()

    visitor.open(f"/setup?token={token}").fill(
        "setup-form", username="grace", email="grace@mail.example", password=KNOWN_PASSWORD
    )

    assert visitor.status == 422
    assert "password-error" in visitor.paper.ids


def test_setup_second_operator_is_refused(pages: Site, visitor: Visitor) -> None:
    token = pages.house.flows.invite_first_operator()
    form = visitor.open(f"/setup?token={token}").answer
    fields = {"email": "grace@mail.example", "password": PASSWORD}
    visitor.fill("setup-form", username="grace", **fields)
    visitor.answer = form

    visitor.fill("setup-form", username="mallory", email="mallory@mail.example", password=PASSWORD)

    assert visitor.status == 400
    assert "setup-form" not in visitor.paper.forms


@pytest.mark.parametrize("path", TOKEN_PAGES)
@pytest.mark.parametrize("token", ["made-up", "dwo1_reset-password_aaaa_bbbb", *HOSTILE[:3]])
def test_link_that_does_not_work_is_said_so_when_it_is_opened(visitor: Visitor, path: str, token: str) -> None:
    visitor.open(str(visitor.client.base_url.copy_with(path=path).copy_merge_params({"token": token})))

    assert visitor.status == 400
    assert "error-summary" in visitor.paper.ids
    assert "token" not in {name for form in visitor.paper.forms.values() for name in form.fields}


@pytest.mark.parametrize("path", [path for path in TOKEN_PAGES if path != "/verify"])
def test_link_made_for_something_else_does_not_work(pages: Site, visitor: Visitor, path: str) -> None:
    token = pages.house.claim().token

    assert visitor.open(f"{path}?token={token}").status == 400


def test_link_that_is_too_old_does_not_work(pages: Site, visitor: Visitor) -> None:
    token = pages.house.claim().token
    pages.clock.advance(timedelta(hours=24, seconds=1))

    assert visitor.open(f"/verify?token={token}").status == 400
