from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.adapters.mailbox.folder import FolderMailbox
from doorward.core.kernel.ids import new_id
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.records import Mail
from doorward.testing.clock import START


def a_mail(number: int = 0, to: str = "alice@example.org", mail_id: str = "") -> Mail:
    sent_at = START + timedelta(seconds=number)
    return Mail(mail_id or new_id(sent_at), to, f"Mail {number}", "text", "<p>html</p>", sent_at, "token", "12345678")


def test_list_returns_mails_newest_first(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path / "mail")
    mails = [a_mail(number) for number in range(5)]

    for mail in (mails[2], mails[0], mails[4], mails[1], mails[3]):
        mailbox.send(mail)

    assert mailbox.list() == tuple(reversed(mails))


def test_list_to_one_address_returns_its_mails_alone(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path)
    alice, bob = a_mail(1, "alice@example.org"), a_mail(2, "bob@example.org")
    mailbox.send(alice)
    mailbox.send(bob)

    assert mailbox.list(to="alice@example.org") == (alice,)
    assert mailbox.list(to="nobody@example.org") == ()


def test_by_id_returns_the_mail(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path)
    mail = a_mail()
    mailbox.send(mail)

    assert mailbox.by_id(mail.id) == mail


@pytest.mark.parametrize("mail_id", ["", "*", "../secrets", "0" * 26, "a/b"])
def test_by_id_of_no_mail_returns_none(tmp_path: Path, mail_id: str) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    mailbox = FolderMailbox(tmp_path / "mail")
    mailbox.send(a_mail())

    assert mailbox.by_id(mail_id) is None


def test_send_again_replaces_the_mail(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path)
    mail_id = new_id(START)
    mailbox.send(a_mail(1, mail_id=mail_id))

    mailbox.send(a_mail(2, mail_id=mail_id))

    assert [mail.subject for mail in mailbox.list()] == ["Mail 2"]


def test_send_keeps_the_newest(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path, kept=3)

    for number in range(10):
        mailbox.send(a_mail(number))

    assert [mail.subject for mail in mailbox.list()] == ["Mail 9", "Mail 8", "Mail 7"]
    assert len(list(tmp_path.iterdir())) == 3


def test_list_sees_what_another_process_sends(tmp_path: Path) -> None:
    mine, theirs = FolderMailbox(tmp_path), FolderMailbox(tmp_path)
    mine.send(a_mail(1))
    mine.list()

    theirs.send(a_mail(2))

    assert [mail.subject for mail in mine.list()] == ["Mail 2", "Mail 1"]


def test_send_lets_only_the_owner_read(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path / "mail")

    mailbox.send(a_mail())

    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700


def test_list_passes_over_what_is_no_mail(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path)
    mailbox.send(a_mail())
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "half.json.1.part").write_text("{")

    assert len(mailbox.list()) == 1


def test_send_folder_gone_fails_as_delivery(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path / "mail")
    (tmp_path / "mail").rmdir()

    with pytest.raises(DeliveryFailed, match="cannot be written"):
        mailbox.send(a_mail())


def test_send_identifier_that_is_a_path_fails(tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed):
        FolderMailbox(tmp_path / "mail").send(a_mail(mail_id="../../escaped"))

    assert not list((tmp_path / "mail").iterdir())


def test_list_while_others_send_never_sees_half_a_mail(tmp_path: Path) -> None:
    mailbox = FolderMailbox(tmp_path, kept=20)

    def work(number: int) -> int:
        mailbox.send(a_mail(number))
        return len(mailbox.list())

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(work, range(100)))

    assert len(mailbox.list()) == 20
    assert all(counts)


def test_list_while_an_old_mail_is_removed_shows_the_others(tmp_path: Path) -> None:
    class Crowded(FolderMailbox):
        """Its first look shows a mail that is gone when it is read."""

        looks = 0

        def _names(self, mail_id: str = "") -> tuple[str, ...]:
            self.looks += 1
            gone = (f"{0:020d}-{a_mail(9).id}.json",) if self.looks == 1 else ()
            return (*super()._names(mail_id), *gone)

    mail = a_mail(1)
    FolderMailbox(tmp_path).send(mail)
    mailbox = Crowded(tmp_path)

    assert mailbox.list() == (mail,)
    assert mailbox.looks == 2


def test_by_id_mail_that_is_removed_meanwhile_is_none(tmp_path: Path) -> None:
    class Late(FolderMailbox):
        def _names(self, mail_id: str = "") -> tuple[str, ...]:
            return (f"{0:020d}-{mail_id}.json",)

    assert Late(tmp_path).by_id(a_mail(1).id) is None
