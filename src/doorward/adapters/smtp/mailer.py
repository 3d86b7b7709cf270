"""Handing mails to an SMTP server."""

import ssl
from datetime import timedelta
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from threading import Lock
from typing import Final

from doorward.adapters.smtp.connection import BoundedSMTP, BoundedTlsSMTP
from doorward.adapters.smtp.message import message, sender
from doorward.adapters.smtp.server import SmtpServer, StartTls
from doorward.core.outbox.errors import DeliveryFailed, DeliveryRefused
from doorward.core.outbox.ports import Mailer
from doorward.core.outbox.records import Mail

TIMEOUT: Final = timedelta(seconds=15)
_OK: Final = 250
_FIRST_CODE: Final = 100
_PERMANENT: Final = range(500, 600)


class SmtpMailer(Mailer):
    """Sends mails over connections that are kept, one a mail at the same moment, and made anew when they are stale.

    Each answer of the server has `timeout`. `tls` is the context that certificates are checked with; the machine's
    authorities by default.
    Raises: ValueError, when the URL or the sender cannot be read.
    """

    def __init__(
        self, url: str, mail_from: str, *, timeout: timedelta = TIMEOUT, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = SmtpServer.parse(url)
        self._sender = sender(mail_from)
        self._timeout_seconds = timeout.total_seconds()
        self._tls = tls or ssl.create_default_context()
        self._idle: list[SMTP] = []
        self._lock = Lock()

    def send(self, mail: Mail) -> None:
        try:
            built = message(mail, self._sender)
            connection = self._connected()
            try:
                connection.send_message(built, self._sender.addr_spec, [mail.to])
            except SMTPException:
                self._lay_down(connection)
                raise
            except BaseException:
                connection.close()
                raise
            self._lay_down(connection)
        except (SMTPException, OSError, ValueError) as error:
            kind = DeliveryRefused if _is_for_good(error) else DeliveryFailed
            raise kind(f"{self._server.host}:{self._server.port}: {_reason(error)}") from None

    def close(self) -> None:
        """Take leave of the server."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            _leave(connection)

    def _connected(self) -> SMTP:
        """Return a connection that nobody uses; it is the caller's until it is laid down."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if _is_alive(connection):
                return connection
            connection.close()
        connection = self._open()
        try:
            self._introduce(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _lay_down(self, connection: SMTP) -> None:
        """Keep a connection for the next mail, unless it was closed."""
        if connection.sock is not None:
            with self._lock:
                self._idle.append(connection)

    def _open(self) -> SMTP:
        server = self._server
        if server.is_implicit:
            return BoundedTlsSMTP(server.host, server.port, timeout=self._timeout_seconds, context=self._tls)
        return BoundedSMTP(server.host, server.port, timeout=self._timeout_seconds)

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


def _is_for_good(error: Exception) -> bool:
    """Tell whether the server will never take this mail: it refused the recipient or the content with 5yz.

    What it says of us, such as to our password or our sender, is mended by an operator, and then the mail goes.
    Source: RFC 5321 section 4.2.1.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code in _PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code in _PERMANENT


def _reason(error: Exception) -> str:
    """Return what went wrong without a word that the server or a URL put into the error."""
    match error:
        case SMTPRecipientsRefused():
            codes = sorted({str(code) for code, _ in error.recipients.values()})
            return f"the recipient was refused with {', '.join(codes)}"
        case SMTPResponseException():
            return _answered(error)
        case SMTPNotSupportedError():
            return str(error).rstrip(".")  # the library's own words, which name what the server does not offer
        case TimeoutError() | SMTPServerDisconnected():
            is_late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            return "no answer in time" if is_late else "it hung up"
        case OSError() if error.strerror:
            return error.strerror
    return type(error).__name__


def _answered(error: SMTPResponseException) -> str:
    if error.smtp_code < _FIRST_CODE:
        return "what it answers is no SMTP"
    if isinstance(error, SMTPDataError):
        return f"the mail was refused with {error.smtp_code}"
    return f"{type(error).__name__} {error.smtp_code}"
