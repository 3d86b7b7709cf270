"""Usernames and e-mail addresses: brought into one form first, judged after, stored last.

Source: RFC 8265 section 3.3 (UsernameCaseMapped); Unicode Technical Standard 39; RFC 5321 section 4.5.3.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from confusable_homoglyphs import categories, confusables
from email_validator import EmailNotValidError, validate_email
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
_PROFILE: Final = get_profile("UsernameCaseMapped")
_SHARED_SCRIPTS: Final = frozenset({"COMMON", "INHERITED"})
_MIXED_BY_CUSTOM: Final = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)
"""Scripts that one name may mix, since people do: UTS 39 section 5.2, "highly restrictive"."""


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


def username(presented: str, *, pointer: str = "/username") -> Username:
    """Return the canonical form of a username.

    Raises: Invalid, with a reason for its author.
    """
    if len(presented) > _LONGEST_PRESENTED:
        raise Invalid(pointer, _LENGTH)
    try:
        shown = _PROFILE.enforce(presented.strip())
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
    if not _is_of_one_script(shown):
        raise Invalid(pointer, "Use letters of one alphabet only.")
    return Username(shown, shown, skeleton(shown))


def email(presented: str, *, pointer: str = "/email") -> Email:
    """Return the canonical form of an e-mail address, which every mail server takes.

    A domain in another script is written in ASCII (RFC 5891); a local part has no ASCII form, and is refused.
    Raises: Invalid, with a reason for its author.
    """
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
        return email(presented).key if "@" in presented else username(presented).key
    except Invalid:
        return f"?{encode(digest(presented.encode('utf-8', 'surrogatepass')))}"


def _is_of_one_script(name: str) -> bool:
    scripts = set(categories.unique_aliases(name)) - _SHARED_SCRIPTS
    return len(scripts) <= 1 or any(scripts <= mixed for mixed in _MIXED_BY_CUSTOM)


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """Return what `name` has in common with every name that looks like it.

    Source: Unicode Technical Standard 39 section 4.
    """
    prototypes = _prototypes()
    return "".join(prototypes.get(letter, letter) for letter in name)


@cache
def _prototypes() -> dict[str, str]:
    """Return for every letter that has look-alikes the one that stands for all of them.

    The table is taken both ways and passed on: what looks like a twin of a letter looks like the letter.
    """
    alike: dict[str, set[str]] = {}
    for letter, twins in confusables.confusables_data.items():
        named = {twin["c"] for twin in twins} | {letter}
        group = {member for member in named if len(member) == 1}
        whole = group.union(*(alike.get(member, ()) for member in group))
        alike.update(dict.fromkeys(whole, whole))
    return {letter: _plainest(group) for letter, group in alike.items()}


def _plainest(group: set[str]) -> str:
    plain = [member for member in group if member.isascii() and member.isalnum()]
    return min(plain or group).casefold()


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
