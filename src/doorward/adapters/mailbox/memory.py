"""Mails in this process."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from doorward.core.outbox.ports import Mailbox, Mailer
from doorward.core.outbox.records import Mail


class MemoryMailbox(Mailer, Mailbox):
    """Keeps every mail in the order of sending, until the process ends. Sending a mail again replaces it."""

    folder: Path | None = None

    def __init__(self) -> None:
        self._mails: OrderedDict[str, Mail] = OrderedDict()
        self._lock = Lock()

    def send(self, mail: Mail) -> None:
        with self._lock:
            self._mails.pop(mail.id, None)
            self._mails[mail.id] = mail

    def list(self, *, to: str | None = None) -> tuple[Mail, ...]:
        with self._lock:
            newest_first = tuple(reversed(self._mails.values()))
        return tuple(mail for mail in newest_first if to is None or mail.to == to)

    def by_id(self, mail_id: str) -> Mail | None:
        return self._mails.get(mail_id)
