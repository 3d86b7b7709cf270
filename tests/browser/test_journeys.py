"""What people come for, from end to end, in a real browser."""

import json
from pathlib import Path

import pytest

from tests.browser.conftest import NewPerson
from tests.browser.people import Person
from tests.browser.server import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, Server, a_server

pytestmark = pytest.mark.browser


def register(person: Person, server: Server, name: str) -> str:
    """Register, and return the id of the mail that comes of it."""
    person.open("/").press("register-link").fill(username=name, email=f"{name}@mail.example", password=PASSWORD)
    person.press("register-submit")
    assert person.place == "/register?notice=sent"
    assert f"{name}@mail.example" in person.read("main")
    return server.mail(f"{name}@mail.example", "Confirm").id


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_journey_from_registering_to_signing_out(new_person: NewPerson, server: Server, *, scripts: bool) -> None:
    person = new_person(scripts=scripts)
    name = f"ada-{scripts}".lower()

    mail = register(person, server, name)
    person.press("mailbox-link").fill(to=f"{name}@mail.example").press("mailbox-submit")
    with person.page.expect_navigation():
        person.page.click(f"a[href$='{mail}']")
    person.press("mail-link")
    assert "One click" in person.read("main")
    person.press("verify-submit")
    assert person.read("notice") == "Your e-mail address is confirmed. You can sign in now."

    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    assert person.place == "/account"
    person.press("nav-sessions")
    assert "This device" in person.read("sessions")
    assert "Chrome on Linux" in person.read("sessions")

    person.press("nav-sign-out").press("sign-out-submit")
    assert person.read("notice") == "You are signed out on this device."
    assert person.open("/account").place == "/sign-in"


def test_journey_by_code(person: Person, server: Server) -> None:
    register(person, server, "grace")
    code = server.mail("grace@mail.example", "Confirm").code

    person.fill(code=f"{code[:4]} {code[4:]}").press("verify-submit")

    assert person.sign_in("grace").place == "/account"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_journey_back_in_by_mail(new_person: NewPerson, server: Server, *, scripts: bool) -> None:
    name = server.account(f"edsger-{scripts}".lower())
    signed_in, person = new_person().sign_in(name), new_person(scripts=scripts)

    person.open("/sign-in").press("forgot-link").fill(email=f"{name}@mail.example").press("forgot-submit")
    assert person.place == "/forgot?notice=sent"
    mail = server.mail(f"{name}@mail.example", "new password")
    person.open(f"/dev/mail/{mail.id}").press("mail-link")
    person.fill(new_password="short").press("reset-submit")
    assert "at least 15 characters" in person.read("new_password-error")
    person.fill(new_password=OTHER_PASSWORD).press("reset-submit")

    assert person.read("notice").startswith("Your password is changed")
    person.fill(username=name, password=OTHER_PASSWORD).press("sign-in-submit")
    assert person.place == "/account"
    assert signed_in.open("/account").place == "/sign-in?notice=session_ended"


def test_journey_back_in_although_sign_in_is_suspended(person: Person, server: Server) -> None:
    name = server.account("barbara")
    mail = server.suspend(name)
    person.sign_in(name)
    assert "The name or the password is not right." in person.read("error-summary")

    person.open(f"/dev/mail/{mail.id}").press("mail-link").press("unlock-submit")

    assert person.read("notice") == "Sign-in is open again on this device. You have five tries."
    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    assert person.place == "/account"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_journey_of_the_first_operator(new_person: NewPerson, *, scripts: bool) -> None:
    with a_server() as fresh:
        person = new_person(fresh.base, scripts=scripts)
        assert person.open("/").sees("needs-operator")

        person.open(fresh.setup_link)
        person.fill(username="root", email="root@mail.example", password=PASSWORD).press("setup-submit")

        assert person.read("notice") == "Your account is ready. Sign in with the password you just chose."
        person.fill(username="root", password=PASSWORD).press("sign-in-submit")
        assert person.place == "/account"
        assert not person.open("/").sees("needs-operator")
        person.open(fresh.setup_link)
        assert not person.sees("setup-form")


def test_journey_of_changing_everything(person: Person, server: Server) -> None:
    person.sign_in(server.account("alan"))

    person.fill(username="turing").press("username-submit")
    assert person.read("notice") == "Your username is changed."
    person.fill(current_password=PASSWORD, new_password=OTHER_PASSWORD).press("password-submit")
    assert person.read("notice") == "Your password is changed. Your other devices are signed out."
    person.fill(email="turing@mail.example").press("email-submit")
    assert person.read("notice").startswith("We wrote to the new address.")
    mail = server.mail("turing@mail.example", "new e-mail address")
    person.open(f"/dev/mail/{mail.id}").press("mail-link").press("verify-submit")

    assert person.place == "/sign-in?notice=email_confirmed"
    assert person.sign_in("turing@mail.example", OTHER_PASSWORD).place == "/account"


def test_journey_of_taking_the_data_along(person: Person, server: Server, tmp_path: Path) -> None:
    person.sign_in(server.account("donald"))

    with person.page.expect_download() as download:
        person.page.click("#export-submit")

    download.value.save_as(tmp_path / "account.json")
    assert download.value.suggested_filename == "account.json"
    assert json.loads((tmp_path / "account.json").read_text())["account"]["email"] == "donald@mail.example"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_journey_of_leaving(new_person: NewPerson, server: Server, *, scripts: bool) -> None:
    person = new_person(scripts=scripts)
    name = server.account(f"leslie-{scripts}".lower())
    person.sign_in(name).press("delete-submit")
    assert person.read("understood-error").endswith("Tick the box to say that you understand.")

    person.page.check("#understood")
    person.press("delete-submit")

    assert person.place == "/sign-in?notice=account_closing"
    server.mail(f"{name}@mail.example", "will be deleted")
    assert person.sign_in(name).place == "/account"
    server.mail(f"{name}@mail.example", "stays")


def test_journey_of_confirming_first(person: Person, server: Server) -> None:
    name = server.account("tony")
    person.sign_in(name)
    server.make_stale(name)
    person.page.wait_for_timeout(2_500)
    person.press("delete-submit")
    assert person.place == "/account/confirm"

    person.fill(password=WRONG_PASSWORD).press("confirm-submit")
    assert person.read("password-error").endswith("This is not your password.")
    person.fill(password=PASSWORD).press("confirm-submit")

    assert person.place == "/account?notice=confirmed"
    assert person.sees("delete-form")


def test_journey_of_signing_others_out(new_person: NewPerson, server: Server) -> None:
    name = server.account("radia")
    other, person = new_person().sign_in(name), new_person().sign_in(name)
    person.press("nav-sessions")

    with person.page.expect_navigation():
        person.page.click("#sessions form button")
    assert person.read("notice") == "That device is signed out."
    assert other.open("/account").place == "/sign-in?notice=session_ended"
    other.sign_in(name)
    person.press("end-all-submit")

    assert person.read("notice") == "You are signed out on all your devices."
    assert other.open("/account").place == "/sign-in?notice=session_ended"


def test_journey_back_and_forth_between_tabs_keeps_forms_alive(person: Person, server: Server) -> None:
    name = server.account("fran")
    person.open("/sign-in").fill(username=name, password=PASSWORD)
    second = person.context.new_page()
    second.goto("/register")
    second.goto("/forgot")

    person.press("sign-in-submit")

    assert person.place == "/account"


def test_journey_of_an_open_form_whose_session_ended_says_so(new_person: NewPerson, server: Server) -> None:
    name = server.account("john")
    person, other = new_person().sign_in(name), new_person().sign_in(name)
    other.open("/account/sessions").press("end-all-submit")

    person.fill(username="johnny").press("username-submit")

    assert person.place == "/sign-in?notice=session_ended"
    assert person.sees("notice")
