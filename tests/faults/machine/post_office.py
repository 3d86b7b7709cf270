"""A mail server that can be closed and opened again; what it accepts goes into the history."""

import re
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Condition
from typing import Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.checker.history import History, Mailed
from tests.processes import PATIENCE, free_port

_TOKEN: Final = re.compile(r"dwo1_[a-z0-9-]+_[a-z0-9]+_[a-z0-9]+")
_CODE: Final = re.compile(r"\b(\d{4}) ?(\d{4})\b")


class PostOffice:
    """Accepts mails on one port, while it is open."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._port = free_port()
        self._controller: Controller | None = None
        self._arrived = Condition()
        self.mails: list[Mailed] = []
        self.is_forgetful = False
        """Whether it accepts a mail and then hangs up without saying so."""

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a server that sends by this post office."""
        return {
            "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{self._port}",
            "DOORWARD_MAIL_FROM": "Doorward <no-reply@mail.example>",
        }

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, to: str, *, beyond: int = 0, patience: float = PATIENCE) -> Mailed | None:
        """Return the newest mail to an address when there are more than `beyond`, or None when patience ends."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.to(to)) > beyond, patience)
            found = self.to(to)
        return found[-1] if len(found) > beyond else None

    def to(self, address: str) -> list[Mailed]:
        """Return the mails to an address."""
        return [mail for mail in self.mails if mail.to == address]

    async def handle_DATA(  # noqa: N802 (the name that the server calls)
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = _read(content)
        self._history.note(
            "mailed", mail_id=mail.mail_id, to=mail.to, mail_kind=mail.mail_kind, token=mail.token, code=mail.code
        )
        with self._arrived:
            self.mails.append(mail)
            self._arrived.notify_all()
        if self.is_forgetful and isinstance(server.transport, Transport):
            server.transport.abort()
        return "250 OK"


def _read(content: bytes) -> Mailed:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    token, code = _TOKEN.search(text), _CODE.search(text)
    return Mailed(
        mail_id=str(message["Message-ID"]).strip("<>").partition("@")[0],
        to=str(message["To"]),
        mail_kind=str(message["Subject"]),
        token=token.group() if token else "",
        code="".join(code.groups()) if code else "",
    )


@contextmanager
def a_post_office(history: History) -> Iterator[PostOffice]:
    """Open a post office while the block runs."""
    office = PostOffice(history)
    office.open()
    try:
        yield office
    finally:
        office.close()
