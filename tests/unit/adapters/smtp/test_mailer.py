import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from doorward.adapters.smtp.mailer import SmtpMailer
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.records import Mail
from doorward.testing.clock import START
from tests.unit.adapters.smtp.conftest import Postman

FROM = "Example <no-reply@example.org>"
MAIL = Mail(
    id="01jz0000000000000000000000",
    to="alice@example.net",
    subject="Grüße – confirm your address",
    text="Hello Älice\n" + "a long line " * 100,
    html="<p>Hello Älice</p>",
    sent_at=START,
    token="dwo1_secret",
    code="12345678",
)
Opens = Callable[..., SmtpMailer]


@pytest.fixture
def opens(tls: ssl.SSLContext) -> Iterator[Opens]:
    opened: list[SmtpMailer] = []

    def open_mailer(url: str) -> SmtpMailer:
        mailer = SmtpMailer(url, FROM, timeout=timedelta(seconds=5), tls=tls)
        opened.append(mailer)
        return mailer

    yield open_mailer
    for mailer in opened:
        mailer.close()


def test_send_delivers_both_parts_and_the_headers(postman: Postman, opens: Opens) -> None:
    opens(f"smtp://127.0.0.1:{postman.port}").send(MAIL)

    (read,) = postman.mails
    assert postman.recipients == ["alice@example.net"]
    assert read["From"] == FROM
    assert read["To"] == "alice@example.net"
    assert read["Subject"] == MAIL.subject
    assert read["Message-ID"] == "<01jz0000000000000000000000@example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == START
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html.get_content().strip() == MAIL.html


def test_send_again_has_the_same_message_id(postman: Postman, opens: Opens) -> None:
    mailer = opens(f"smtp://127.0.0.1:{postman.port}")

    mailer.send(MAIL)
    mailer.send(MAIL)

    assert len({read["Message-ID"] for read in postman.mails}) == 1


def test_send_many_reuses_one_connection(postman: Postman, opens: Opens) -> None:
    mailer = opens(f"smtp://127.0.0.1:{postman.port}")

    for _ in range(5):
        mailer.send(MAIL)

    assert len(postman.mails) == 5
    assert len(postman.peers) == 1


def test_send_several_at_once_each_has_a_connection_and_all_are_kept(postman: Postman, opens: Opens) -> None:
    mailer = opens(f"smtp://127.0.0.1:{postman.port}")

    for _ in range(3):
        with ThreadPoolExecutor(4) as threads:
            for _sent in threads.map(mailer.send, [MAIL] * 8):
                pass

    assert len(postman.mails) == 24
    assert len(postman.peers) <= 4


def test_send_after_server_restarted_connects_anew(
    free_port: int, opens: Opens, started: Callable[[Controller], None]
) -> None:
    postman = Postman()
    first = Controller(postman, hostname="127.0.0.1", port=free_port)
    first.start()
    mailer = opens(f"smtp://127.0.0.1:{free_port}")
    mailer.send(MAIL)
    first.stop()
    started(Controller(postman, hostname="127.0.0.1", port=free_port))

    mailer.send(MAIL)

    assert len(postman.mails) == 2


@pytest.mark.parametrize("option", ["", "?starttls=required"])
def test_send_server_offers_encryption_uses_it(starttls_postman: Postman, opens: Opens, option: str) -> None:
    opens(f"smtp://me:right@127.0.0.1:{starttls_postman.port}{option}").send(MAIL)

    assert starttls_postman.was_encrypted == [True]
    assert starttls_postman.passwords == [b"right"]


def test_send_starttls_never_stays_open(starttls_postman: Postman, opens: Opens) -> None:
    opens(f"smtp://127.0.0.1:{starttls_postman.port}?starttls=never").send(MAIL)

    assert starttls_postman.was_encrypted == [False]


def test_send_starttls_required_but_not_offered_fails(postman: Postman, opens: Opens) -> None:
    with pytest.raises(DeliveryFailed):
        opens(f"smtp://me:right@127.0.0.1:{postman.port}?starttls=required").send(MAIL)

    assert not postman.mails
    assert not postman.passwords


def test_send_implicit_tls_delivers(implicit_postman: Postman, opens: Opens) -> None:
    opens(f"smtps://me:right@127.0.0.1:{implicit_postman.port}").send(MAIL)

    assert len(implicit_postman.mails) == 1


def test_send_starttls_certificate_that_nobody_vouches_for_fails(starttls_postman: Postman) -> None:
    mailer = SmtpMailer(f"smtp://me:right@127.0.0.1:{starttls_postman.port}", FROM)

    with pytest.raises(DeliveryFailed):
        mailer.send(MAIL)

    assert not starttls_postman.passwords


def test_send_implicit_certificate_that_nobody_vouches_for_fails(implicit_postman: Postman) -> None:
    mailer = SmtpMailer(f"smtps://me:right@127.0.0.1:{implicit_postman.port}", FROM)

    with pytest.raises(DeliveryFailed):
        mailer.send(MAIL)

    assert not implicit_postman.passwords


def test_send_wrong_password_fails_without_saying_it(postman: Postman, opens: Opens) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        opens(f"smtp://me:hunter2@127.0.0.1:{postman.port}").send(MAIL)

    assert str(caught.value) == f"127.0.0.1:{postman.port}: SMTPAuthenticationError 535"
    assert caught.value.__cause__ is None


def test_send_password_is_not_shown_to_a_server_elsewhere_without_encryption(postman: Postman, opens: Opens) -> None:
    elsewhere = "127.1"  # this machine, by a name that nobody can tell from another's

    with pytest.raises(DeliveryFailed):
        opens(f"smtp://me:hunter2@{elsewhere}:{postman.port}").send(MAIL)

    assert not postman.passwords


def test_send_server_refuses_fails_with_its_code_alone(postman: Postman, opens: Opens) -> None:
    postman.refusal = "554 no secret dwo1_secret here"

    with pytest.raises(DeliveryFailed) as caught:
        opens(f"smtp://127.0.0.1:{postman.port}").send(MAIL)

    assert str(caught.value).endswith("the mail was refused with 554")
    assert "dwo1_secret" not in str(caught.value)


def test_send_recipient_refused_fails_with_its_code(postman: Postman, opens: Opens) -> None:
    postman.refused_recipient = "550 no such alice@example.net"

    with pytest.raises(DeliveryFailed, match=r"refused with 550$"):
        opens(f"smtp://127.0.0.1:{postman.port}").send(MAIL)


def test_send_after_failure_recovers(postman: Postman, opens: Opens) -> None:
    mailer = opens(f"smtp://127.0.0.1:{postman.port}")
    postman.refusal = "451 later"
    with pytest.raises(DeliveryFailed):
        mailer.send(MAIL)
    postman.refusal = ""

    mailer.send(MAIL)

    assert len(postman.mails) == 1


def test_send_nobody_listens_fails_as_delivery(free_port: int, opens: Opens) -> None:
    with pytest.raises(DeliveryFailed, match="refused"):
        opens(f"smtp://127.0.0.1:{free_port}").send(MAIL)


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, subject="Hello\r\nBcc: victim@example.net"),
        replace(MAIL, to="alice@example.net\r\nBcc: victim@example.net"),
        replace(MAIL, to="alice@example.net, victim@example.net"),
        replace(MAIL, to="no address"),
    ],
)
def test_send_mail_that_breaks_out_of_its_header_fails(postman: Postman, opens: Opens, mail: Mail) -> None:
    with pytest.raises(DeliveryFailed):
        opens(f"smtp://127.0.0.1:{postman.port}").send(mail)

    assert not postman.mails


def test_constructor_sender_without_address_refuses() -> None:
    with pytest.raises(ValueError, match="sender"):
        SmtpMailer("smtp://localhost", "Example")
