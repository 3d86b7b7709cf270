"""Signing in to an application on another site, in a real browser."""

from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.browser.application import Application, an_application
from tests.browser.conftest import NewPerson
from tests.browser.people import PHONE, Person
from tests.browser.scenes import DEVICE, asking, device
from tests.browser.server import PASSWORD, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def application(server: Server) -> Iterator[Application]:
    with an_application() as started:
        server.client("Reports", "--type", "web", "--redirect-uri", started.callback)
        yield started


def link(server: Server, application: Application, **changed: str) -> None:
    """Let the application's page have a link to sign in."""
    where = server.base + asking("reports", application.callback, **changed)
    application.start = f'<a id="start" href="{escape(where)}">Sign in</a>'


def form(server: Server, application: Application, **changed: str) -> None:
    """Let the application's page have a form to sign in."""
    where = asking("reports", application.callback, **changed)
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parse_qsl(urlsplit(where).query)
    )
    application.start = (
        f'<form method="post" action="{server.base}/oauth/authorize">{fields}<button id="start">Sign in</button></form>'
    )


def start(person: Person, application: Application) -> Person:
    """Press the application's button."""
    person.page.goto(application.base)
    return person.press("start")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_application_signs_somebody_in_who_consents_and_is_known_the_next_time(
    new_person: NewPerson, server: Server, application: Application, *, scripts: bool
) -> None:
    person, name = new_person(scripts=scripts), server.account(f"joan-{scripts}".lower())
    link(server, application)

    start(person, application)
    assert person.place.startswith("/sign-in?request=")
    assert person.read("application-name") == "Reports"
    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    assert person.place.startswith("/consent?request=")
    assert person.read("account-name") == name
    person.press("allow-submit")

    assert person.read("welcome") == "Welcome back"
    assert set(application.answer) == {"code", "state", "iss"}
    assert application.answer["iss"] == server.base
    first = application.answer["code"]
    start(person, application)
    assert person.read("welcome") == "Welcome back"
    assert application.answer["code"] != first


def test_application_is_told_of_a_refusal(person: Person, server: Server, application: Application) -> None:
    link(server, application)
    start(person.sign_in(server.account("ruth")), application).press("deny-submit")

    assert person.read("welcome") == "Welcome back"
    assert application.answer["error"] == "access_denied"


def test_application_is_told_before_anybody_signed_in(person: Person, server: Server, application: Application) -> None:
    link(server, application)

    start(person, application).press("deny-submit")

    assert application.answer["error"] == "access_denied"


def test_application_gets_a_newcomer_back_who_registers_on_the_way(
    person: Person, server: Server, application: Application
) -> None:
    link(server, application)
    start(person, application).press("register-link")
    assert person.read("application-name") == "Reports"
    person.fill(username="evelyn", email="evelyn@mail.example", password=PASSWORD).press("register-submit")
    mail = server.mail("evelyn@mail.example", "Confirm")

    person.open(f"/dev/mail/{mail.id}").press("mail-link").press("verify-submit")
    person.fill(username="evelyn", password=PASSWORD).press("sign-in-submit").press("allow-submit")

    assert person.read("welcome") == "Welcome back"
    assert "code" in application.answer


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_application_gets_its_answer_as_a_form(
    new_person: NewPerson, server: Server, application: Application, *, scripts: bool
) -> None:
    person = new_person(scripts=scripts).sign_in(server.account(f"jean-{scripts}".lower()))
    link(server, application, response_mode="form_post")
    start(person, application)

    person.page.click("#allow-submit")
    if not scripts:
        person.page.click("#continue-submit")
    person.page.wait_for_selector("#welcome")

    method, answer = application.told[-1]
    assert method == "POST"
    assert set(answer) == {"code", "state", "iss"}


def test_application_may_ask_by_a_form(person: Person, server: Server, application: Application) -> None:
    form(server, application)
    person.sign_in(server.account("kathleen"))

    start(person, application)
    assert person.place.startswith("/consent?request=")
    person.press("allow-submit")

    assert "code" in application.answer
    start(person, application)
    assert person.read("welcome") == "Welcome back"


def test_application_that_is_removed_asks_anew(person: Person, server: Server, application: Application) -> None:
    link(server, application)
    start(person.sign_in(server.account("adele")), application).press("allow-submit")

    person.open("/account").press("nav-applications").press("revoke-reports")

    assert person.read("notice") == "The application has no access to your account any more."
    assert start(person, application).place.startswith("/consent?request=")


def test_consent_page_in_a_frame_of_the_application_is_not_shown(
    person: Person, server: Server, application: Application
) -> None:
    person.sign_in(server.account("marlyn"))
    where = escape(server.base + asking("reports", application.callback))
    application.start = f'<iframe id="trap" src="{where}"></iframe>'

    person.page.goto(application.base)
    person.page.wait_for_timeout(500)

    inner = [each for each in person.page.frames if each != person.page.main_frame]
    assert [each for each in inner if each.locator("#consent-form").count()] == []
    assert all("frame-ancestors" in complaint for complaint in person.complaints)
    person.complaints.clear()


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_device_is_let_in_by_somebody_who_scans_its_picture(
    new_person: NewPerson, server: Server, *, scripts: bool
) -> None:
    person, name = new_person(scripts=scripts, size=PHONE), server.account(f"lise-{scripts}".lower())
    app = server.client(f"Console-{scripts}", "--type", "native", "--grant", DEVICE)
    shown = device(person, app, "openid profile")
    fields: dict[str, str | float | bool] = {
        "grant_type": DEVICE,
        "client_id": app,
        "device_code": shown["device_code"],
    }

    person.page.goto(shown["verification_uri_complete"])
    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    assert person.page.input_value("#user_code") == shown["user_code"]
    person.press("device-submit")
    assert person.read("device-code") == shown["user_code"]
    assert person.page.request.post("/oauth/token", form=fields).json()["error"] == "authorization_pending"
    person.press("allow-submit")

    assert person.sees("device-done")
    assert person.page.request.post("/oauth/token", form=fields).json()["scope"] == "openid profile"
    assert person.complaints == []
