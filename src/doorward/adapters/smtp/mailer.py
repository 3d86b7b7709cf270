"""Handing mails to an SMTP server."""

import ssl
from datetime import timedelta
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from threading import Lock
from typing import Final

from doorward.adapters.smtp.message import message, sender
from doorward.adapters.smtp.server import SmtpServer, StartTls
from doorward.core.outbox.errors import DeliveryFailed
from doorward.core.outbox.ports import Mailer
from doorward.core.outbox.records import Mail

TIMEOUT: Final = timedelta(seconds=15)
_OK: Final = 250


class SmtpMailer(Mailer):
    """Sends one mail at a time over a connection that is kept, and made anew when it has gone stale.

    `tls` is the context that certificates are checked with; the machine's authorities by default.
    Raises: ValueError, when the URL or the sender cannot be read.
    """

    def __init__(
        self, url: str, mail_from: str, *, timeout: timedelta = TIMEOUT, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = SmtpServer.parse(url)
        self._sender = sender(mail_from)
        self._timeout_seconds = timeout.total_seconds()
        self._tls = tls or ssl.create_default_context()
        self._connection: SMTP | None = None
        self._lock = Lock()

    def send(self, mail: Mail) -> None:
        with self._lock:
            try:
                built = message(mail, self._sender)
                self._connected().send_message(built, self._sender.addr_spec, [mail.to])
            except (SMTPException, OSError, ValueError) as error:
                self._drop()
                raise DeliveryFailed(f"{self._server.host}:{self._server.port}: {_reason(error)}") from None

    def close(self) -> None:
        """Take leave of the server."""
        with self._lock:
            self._drop()

    def _connected(self) -> SMTP:
        connection = self._connection
        if connection is not None and not _is_alive(connection):
            self._drop()
            connection = None
        if connection is None:
            connection = self._connection = self._open()
            self._introduce(connection)
        return connection

    def _open(self) -> SMTP:
        server = self._server
        if server.is_implicit:
            return SMTP_SSL(server.host, server.port, timeout=self._timeout_seconds, context=self._tls)
        return SMTP(server.host, server.port, timeout=self._timeout_seconds)

    def _introduce(self, connection: SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        is_encrypted = server.is_implicit or self._encrypt(connection)
        if server.username is None or server.password is None:
            return
        if not is_encrypted and not server.may_speak_openly:
            raise SMTPException("the server offers no encryption, so it is not shown the password")
        connection.login(server.username, server.password)

    def _encrypt(self, connection: SMTP) -> bool:
        starttls = self._server.starttls
        if starttls is StartTls.NEVER or (starttls is StartTls.OFFERED and not connection.has_extn("starttls")):
            return False
        connection.starttls(context=self._tls)
        connection.ehlo()
        return True

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            _leave(connection)


def _is_alive(connection: SMTP) -> bool:
    try:
        return connection.noop()[0] == _OK
    except (SMTPServerDisconnected, OSError):
        return False


def _leave(connection: SMTP) -> None:
    try:
        connection.quit()
    except (SMTPException, OSError):
        connection.close()


def _reason(error: Exception) -> str:
    """Return what went wrong without a word that the server or a URL put into the error."""
    match error:
        case SMTPRecipientsRefused():
            codes = sorted({str(code) for code, _ in error.recipients.values()})
            return f"the recipient was refused with {', '.join(codes)}"
        case SMTPResponseException():
            return f"{type(error).__name__} {error.smtp_code}"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return type(error).__name__
