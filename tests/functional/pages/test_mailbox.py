"""The development mailbox for people, and the start page in development."""

from dataclasses import replace

import pytest

from doorward.adapters.mailbox.folder import FolderMailbox
from doorward.core.outbox.records import Mail
from tests.builders import NOW
from tests.functional.pages.test_shell import check_page
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

LINK = "https://auth.example/verify?token=dwo1_verify-email_secret_seal"
MAIL = Mail(
    id="m" * 26,
    to="margaret@mail.example",
    subject="Confirm your e-mail address for <Doorward>",
    text=f"Hello margaret,\n\nopen this link:\n\n{LINK}\n\n<script>alert(1)</script>",
    html=f"<p>Hello <b>margaret</b></p><a href='{LINK}' target='_blank'>Confirm</a>",
    sent_at=NOW,
    token="dwo1_verify-email_secret_seal",
    code="12345678",
)


@pytest.fixture
def developer(development: Site) -> Visitor:
    box = development.doors.mailbox
    assert isinstance(box, FolderMailbox)
    box.send(MAIL)
    box.send(replace(MAIL, id="n" * 26, to="ada@mail.example", token=None, code=None, subject="New sign-in"))
    return Visitor(development)


def test_home_in_development_leads_to_the_tools(developer: Visitor) -> None:
    developer.open("/")

    assert {"docs-link", "mailbox-link", "keys-link", "health-link"} <= developer.paper.ids
    check_page(developer)


def test_home_in_production_does_not(visitor: Visitor) -> None:
    assert "mailbox-link" not in visitor.open("/").paper.ids


def test_mailbox_lists_mails_and_those_to_one_address(developer: Visitor) -> None:
    all_mails = developer.open("/dev/mail").answer.text
    check_page(developer)
    some = developer.open("/dev/mail?to=ada%40mail.example").answer.text

    assert "Confirm your e-mail address for &lt;Doorward&gt;" in all_mails
    assert "New sign-in" in all_mails
    assert "Confirm your" not in some
    assert "New sign-in" in some


def test_mailbox_strange_address_is_text(developer: Visitor) -> None:
    developer.open('/dev/mail?to="><script>alert(1)</script>')

    assert developer.status == 200
    assert "<script>alert" not in developer.answer.text
    assert "No mail to this address" in developer.answer.text


def test_mail_shows_link_and_code_and_the_text_as_text(developer: Visitor) -> None:
    developer.open(f"/dev/mail/{MAIL.id}")

    links = [attributes for _, attributes in developer.paper.elements if attributes.get("id") == "mail-link"]
    assert links[0]["href"] == LINK
    assert developer.paper.texts["mail-code"] == "12345678"
    assert "<script>alert" not in developer.answer.text
    assert "; frame-src 'self'" in developer.answer.headers["content-security-policy"]
    check_page(developer)


def test_mail_that_asks_for_nothing_has_no_button(developer: Visitor) -> None:
    developer.open(f"/dev/mail/{'n' * 26}")

    assert not {"mail-link", "mail-code"} & developer.paper.ids


def test_mail_html_runs_nothing_and_is_framed_by_us_alone(developer: Visitor) -> None:
    developer.open(f"/dev/mail/{MAIL.id}/html")

    policy = developer.answer.headers["content-security-policy"]
    assert developer.answer.text == MAIL.html
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )


@pytest.mark.parametrize("mail_id", ["x", "0" * 26, "..%2f..%2fetc", "%00"])
@pytest.mark.parametrize("ending", ["", "/html"])
def test_mail_that_is_not_there_is_said_so(developer: Visitor, mail_id: str, ending: str) -> None:
    assert developer.open(f"/dev/mail/{mail_id}{ending}").status == 404


def test_mailbox_for_programs_stays_what_it_is(developer: Visitor) -> None:
    answer = developer.open("/dev/mail.json?to=ada@mail.example").answer

    assert [mail["id"] for mail in answer.json()] == ["n" * 26]
