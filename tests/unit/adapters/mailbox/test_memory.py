from datetime import UTC, datetime

import pytest

from doorward.adapters.mailbox.memory import MemoryMailbox
from doorward.core.outbox.records import Mail


def a_mail(mail_id: str, *, to: str = "ada@mail.example", subject: str = "Hello") -> Mail:
    return Mail(mail_id, to, subject, "text", "<p>html</p>", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def mailbox() -> MemoryMailbox:
    mailbox = MemoryMailbox()
    for mail in (a_mail("1"), a_mail("2", to="bea@mail.example"), a_mail("3")):
        mailbox.send(mail)
    return mailbox


def test_list_mails_of_one_moment_are_in_the_order_of_sending_newest_first(mailbox: MemoryMailbox) -> None:
    assert [mail.id for mail in mailbox.list()] == ["3", "2", "1"]
    assert [mail.id for mail in mailbox.list(to="ada@mail.example")] == ["3", "1"]
    assert mailbox.list(to="nobody@mail.example") == ()


def test_send_mail_again_replaces_it(mailbox: MemoryMailbox) -> None:
    mailbox.send(a_mail("1", subject="Hello again"))

    assert [(mail.id, mail.subject) for mail in mailbox.list()] == [
        ("1", "Hello again"),
        ("3", "Hello"),
        ("2", "Hello"),
    ]


def test_by_id_unknown_mail_is_none(mailbox: MemoryMailbox) -> None:
    assert mailbox.by_id("2") == a_mail("2", to="bea@mail.example")
    assert mailbox.by_id("4") is None
