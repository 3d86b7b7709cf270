"""How letters leave, and in whose name."""

from email.utils import parseaddr
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, field_validator

from doorward.settings.sections.section import Section, split_url

DEFAULT_SENDER: Final = "Doorward <no-reply@localhost>"


class MailSettings(Section):
    """How letters leave, and in whose name."""

    smtp_url: SecretStr | None = Field(
        None,
        description="The mail server: smtp://USER:PASSWORD@HOST:PORT or smtps://…; "
        "in development a mailbox in data_dir takes its place.",
    )
    smtp_connections: int = Field(
        4, ge=1, le=32, description="How many mails are sent at the same moment, each over a connection of its own."
    )
    mail_from: str = Field(DEFAULT_SENDER, description="The sender of every mail: NAME <ADDRESS>.")
    mail_templates_dir: Path | None = Field(
        None, description="A folder whose templates go before those that come along: text/KIND.txt and html/KIND.html."
    )
    brand_name: str = Field("Doorward", min_length=1, max_length=60, description="What people know the service as.")

    @field_validator("smtp_url")
    @classmethod
    def _check_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not split_url(url.get_secret_value(), schemes=frozenset({"smtp", "smtps"})).hostname:
            raise ValueError("the mail server's URL names a host")
        return url

    @field_validator("mail_from")
    @classmethod
    def _check_sender(cls, sender: str) -> str:
        name, address = parseaddr(sender)
        if "@" not in address or not sender.isprintable():
            raise ValueError("the sender is written as NAME <ADDRESS>")
        return f"{name} <{address}>" if name else address

    @field_validator("brand_name")
    @classmethod
    def _check_brand(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("the name stands in one line, without control characters")
        return name
