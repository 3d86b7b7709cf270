"""Where a mail server stands, and how much it is trusted."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS: Final = {"smtp": 587, "smtps": 465}


class StartTls(StrEnum):
    """Whether a plain connection is turned into an encrypted one.

    `offered` encrypts when the server can, and never shows a password to one that cannot, unless it is on this machine.
    `never` does without; it has to be spelled.
    """

    REQUIRED = "required"
    OFFERED = "offered"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server. `is_implicit`: encrypted from the first byte on (RFC 8314)."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    is_implicit: bool = False
    starttls: StartTls = StartTls.OFFERED

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the server of `smtp://USER:PASSWORD@HOST:PORT?starttls=required`, or of the same with smtps.

        Raises: ValueError; the text never holds the URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("the mail server's URL cannot be read") from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.fragment:
            raise ValueError("the mail server's URL has the form smtp://HOST:PORT or smtps://HOST:PORT")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            is_implicit=parts.scheme == "smtps",
            starttls=_starttls(parts.query),
        )

    @property
    def is_local(self) -> bool:
        """Tell whether the server runs on this machine, where nobody listens in between."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def may_speak_openly(self) -> bool:
        """Tell whether a password may be shown over a connection that is not encrypted."""
        return self.is_local or self.starttls is StartTls.NEVER


def _starttls(query: str) -> StartTls:
    options = parse_qs(query, keep_blank_values=True)
    if not set(options) <= {"starttls"}:
        raise ValueError("the mail server's URL has one option: starttls")
    try:
        return StartTls(options.get("starttls", [StartTls.OFFERED])[-1])
    except ValueError:
        raise ValueError("starttls is one of: required, offered, never") from None
