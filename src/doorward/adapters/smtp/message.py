"""A mail as it goes over the wire."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from doorward.core.outbox.records import Mail


def sender(mail_from: str) -> Address:
    """Return the sender of `Name <address>` or of a bare address.

    Raises: ValueError.
    """
    name, address = parseaddr(mail_from)
    if "@" not in address:
        raise ValueError("the sender is written as NAME <ADDRESS>")
    return Address(display_name=name, addr_spec=address)


def message(mail: Mail, mail_from: Address) -> EmailMessage:
    """Return the message: plain text, and HTML that says the same.

    Source: RFC 5322; RFC 3834 section 5 (Auto-Submitted).
    Raises: ValueError, when an address or the subject would break out of its header.
    """
    built = EmailMessage(policy=SMTP)
    built["From"] = mail_from
    # Built from one address, so a comma in it cannot add a second reader.
    built["To"] = Address(addr_spec=mail.to)
    built["Subject"] = mail.subject
    built["Date"] = mail.sent_at
    built["Message-ID"] = f"<{mail.id}@{mail_from.domain}>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(mail.text)
    built.add_alternative(mail.html, subtype="html")
    return built
