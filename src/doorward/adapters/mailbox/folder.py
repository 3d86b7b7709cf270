"""Mails as files, one each."""

import os
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import TypeAdapter, ValidationError

from doorward.core.kernel.ids import is_id
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.ports import Mailbox, Mailer
from doorward.core.outbox.records import Mail

KEPT: Final = 1000
_MAIL: Final = TypeAdapter(Mail)


class FolderMailbox(Mailer, Mailbox):
    """Keeps the newest `kept` mails in a folder that only its owner may read, for every process that is given it.

    A mail is written beside its place and moved there whole, so a reader never sees half of one. Sending a mail again
    replaces it.
    """

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        self.folder = folder
        self._kept = kept
        self._read: dict[str, Mail] = {}
        self._lock = Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, mail: Mail) -> None:
        if not is_id(mail.id):
            raise DeliveryFailed("the mail has no proper identifier")
        name = f"{int(mail.sent_at.timestamp() * 1_000_000):020d}-{mail.id}.json"
        try:
            before = {*self._names(mail.id)} - {name}
            self._write(name, _MAIL.dump_json(mail))
            for old in before.union(self._names()[self._kept :]):
                (self.folder / old).unlink(missing_ok=True)
        except OSError as error:
            raise DeliveryFailed(f"the mailbox cannot be written: {error.strerror}") from None

    def list(self, *, to: str | None = None) -> tuple[Mail, ...]:
        while True:
            try:
                mails = self._present()
            except FileNotFoundError:  # others have sent so much meanwhile that an old mail had to go: look again
                continue
            return tuple(mail for mail in mails if to is None or mail.to == to)

    def by_id(self, mail_id: str) -> Mail | None:
        names = self._names(mail_id) if is_id(mail_id) else ()
        try:
            return self._mail(names[0]) if names else None
        except FileNotFoundError:
            return None

    def _present(self) -> tuple[Mail, ...]:
        """Return the mails of one moment, newest first.

        Raises: FileNotFoundError, when one was removed while they were read.
        """
        names = self._names()
        present = frozenset(names)
        with self._lock:
            self._read = {name: mail for name, mail in self._read.items() if name in present}
        return tuple(mail for mail in map(self._mail, names) if mail is not None)

    def _names(self, mail_id: str = "") -> tuple[str, ...]:
        ending = f"{mail_id}.json"
        names = os.listdir(self.folder)  # noqa: PTH208 (a thousand paths would cost more than the letter)
        return tuple(sorted((name for name in names if name.endswith(ending)), reverse=True))

    def _mail(self, name: str) -> Mail | None:
        """Return the mail in a file; None when it is none of ours.

        Raises: FileNotFoundError, when another process has just removed it.
        """
        with self._lock:
            known = self._read.get(name)
        if known is not None:
            return known
        try:
            mail = _MAIL.validate_json((self.folder / name).read_bytes())
        except ValidationError:
            return None
        with self._lock:
            self._read[name] = mail
        return mail

    def _write(self, name: str, content: bytes) -> None:
        beside = self.folder / f"{name}.{os.getpid()}.part"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        beside.replace(self.folder / name)
