"""Usernames and e-mail addresses: brought into one form first, judged after, stored last.

Source: RFC 8265 section 3.3 (UsernameCaseMapped); RFC 5321 section 4.5.3.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from precis_i18n import get_profile

from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.secrets import digest, encode

SHORTEST_USERNAME: Final = 3
LONGEST_USERNAME: Final = 32
LONGEST_EMAIL: Final = 254
_LONGEST_PRESENTED: Final = 512
"""Longer than any spelling of what is accepted. What exceeds it is refused unread: composing costs its square."""

_LENGTH: Final = f"Use {SHORTEST_USERNAME} to {LONGEST_USERNAME} characters."
_PUNCTUATION: Final = "._-"
_USERNAME: Final = "/username"
_PLAIN: Final = re.compile(rf"[a-z0-9][a-z0-9._-]{{{SHORTEST_USERNAME - 2},{LONGEST_USERNAME - 2}}}[a-z0-9]")
"""What is in its one form already, of one alphabet, and accepted. Most names are, and few sign-ins need the tables."""
_FIRST, _LAST = "\x01", "\U0010ffff"
"""A letter before all that keys hold, and one after: neither stands in a key."""
_NEVER: Final = "CZ"
"""The classes of letters that stand in no key: controls, halves of letters, blanks."""
_PROFILE: Final = get_profile("UsernameCaseMapped")


@dataclass(frozen=True, slots=True)
class Username:
    """A name as its owner reads it. `key` is unique, and so is `skeleton`, which look-alikes have in common."""

    shown: str
    key: str
    skeleton: str


@dataclass(frozen=True, slots=True)
class Email:
    """An address as mail is sent to it. `key` is unique: the same mailbox in another case has the same key."""

    shown: str
    key: str


def username(presented: str, *, pointer: str = _USERNAME) -> Username:
    """Return the canonical form of a username.

    Raises: Invalid, with a reason for its author.
    """
    from doorward.core.accounts import lookalikes  # noqa: PLC0415 (its tables are large, and most commands name nobody)

    shown = _form_of(presented, pointer)
    return Username(shown, shown, lookalikes.skeleton(shown))


def _form_of(presented: str, pointer: str) -> str:
    if len(presented) > _LONGEST_PRESENTED:
        raise Invalid(pointer, _LENGTH)
    plain = presented.strip().lower() if presented.isascii() else ""
    return plain if _PLAIN.fullmatch(plain) else _enforced(presented.strip(), pointer)


def _enforced(name: str, pointer: str) -> str:
    from doorward.core.accounts import lookalikes  # noqa: PLC0415 (as above)

    try:
        shown = _PROFILE.enforce(name)
    except (UnicodeEncodeError, UnicodeDecodeError):
        raise Invalid(pointer, "Use letters and digits only.") from None
    if not SHORTEST_USERNAME <= len(shown) <= LONGEST_USERNAME:
        raise Invalid(pointer, _LENGTH)
    if not all(
        letter.isalnum() or unicodedata.category(letter)[0] == "M" or letter in _PUNCTUATION for letter in shown
    ):
        raise Invalid(pointer, "Use letters, digits, dots, dashes and underscores only.")
    if not (shown[0].isalnum() and shown[-1].isalnum()):
        raise Invalid(pointer, "Begin and end with a letter or a digit.")
    if not lookalikes.is_of_one_script(shown):
        raise Invalid(pointer, "Use letters of one alphabet only.")
    return shown


def email(presented: str, *, pointer: str = "/email") -> Email:
    """Return the canonical form of an e-mail address, which every mail server takes.

    A domain in another script is written in ASCII (RFC 5891); a local part has no ASCII form, and is refused.
    Raises: Invalid, with a reason for its author.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 (as above)

    if len(presented) > _LONGEST_PRESENTED:
        raise Invalid(pointer, "This is not an e-mail address.")
    text = unicodedata.normalize("NFC", presented.strip())
    if len(text) > LONGEST_EMAIL or _domain(unicodedata.normalize("NFKC", text)) != _domain(text):
        raise Invalid(pointer, "This is not an e-mail address.")
    try:
        address = validate_email(
            text, allow_smtputf8=False, check_deliverability=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        raise Invalid(pointer, "This is not an e-mail address that every mail server takes.") from None
    shown = f"{address.local_part}@{address.ascii_domain}"
    return Email(shown, shown.casefold())


def login_key(presented: str) -> str:
    """Return the key that finds an account by whatever its owner typed: an address when it has an @, else a username.

    What is neither becomes a key that nothing has and every store can look for, so it is treated like any unknown name.
    """
    try:
        return email(presented).key if "@" in presented else _form_of(presented, _USERNAME)
    except Invalid:
        return f"?{encode(digest(presented.encode('utf-8', 'surrogatepass')))}"


def beginning(presented: str) -> str | None:
    """Return what a username key, an e-mail key or an id begins with that begins so; None when none does.

    Letters come in the form that keys have; a letter that no key holds finds nothing.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", presented.strip()[:LONGEST_EMAIL]).lower())
    if not text or any(unicodedata.category(letter)[0] in _NEVER for letter in text):
        return None
    return text


def bounds(prefix: str, after: str) -> tuple[str, str]:
    """Return the first text that a key with a prefix may be which comes after `after`, and the first that none may be.

    One bound at each end: databases look for one of each in an index, and compare any other with all that they find.
    """
    return max(prefix, after + _FIRST), prefix + _LAST


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
