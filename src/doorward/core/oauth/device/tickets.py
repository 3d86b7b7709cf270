"""What a browser carries from page to page while its owner lets a device in. None of it is kept here."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import Envelopes

_RETURN: Final = "dwb1"
_SEEN: Final = "dwu1"
_PARTS: Final = 3
_BROWSER_BYTES: Final = 16
_NONE: Final = "0"


@dataclass(frozen=True, slots=True)
class Return:
    """The way back to the page for devices: with the code that was typed, if any, and not as `unwanted`."""

    code: str
    unwanted: AccountId | None


@dataclass(frozen=True, slots=True)
class Tickets:
    """Writes and reads what leads back to the page, and what shows that a right code was typed there.

    Both belong to one browser, the second to one person as well. The first says nothing of whether its code is right,
    so that nobody can try codes by asking for one; the second is given for a right code alone.
    """

    envelopes: Envelopes

    def come_back(self, code: str, *, browser: bytes, unwanted: AccountId | None = None) -> str:
        """Return what leads back, past signing in, with a normalised code; `unwanted` is not to come back as such."""
        return self.envelopes.close(_RETURN, code.lower() or _NONE, unwanted or _NONE, _spelled(browser))

    def is_return(self, presented: str) -> bool:
        """Tell whether something says of itself that it leads back to the page for devices."""
        return presented.startswith(f"{_RETURN}_")

    def read_return(self, presented: str, *, browser: bytes) -> Return | None:
        """Return where it leads, or None when it was not made here, or for another browser."""
        parts = self.envelopes.open(_RETURN, presented, parts=_PARTS)
        if parts is None or parts[2] != _spelled(browser):
            return None
        code, unwanted, _ = parts
        return Return("" if code == _NONE else code.upper(), None if unwanted == _NONE else AccountId(unwanted))

    def seen(self, code: str, account_id: AccountId, *, browser: bytes) -> str:
        """Return what shows that somebody typed a right code in this browser."""
        return self.envelopes.close(_SEEN, code.lower(), account_id, _spelled(browser))

    def read_seen(self, presented: str, account_id: AccountId, *, browser: bytes) -> str | None:
        """Return the code, or None when it was not typed by this person in this browser."""
        parts = self.envelopes.open(_SEEN, presented, parts=_PARTS)
        if parts is None or parts[1:] != (account_id, _spelled(browser)):
            return None
        return parts[0].upper()


def _spelled(browser: bytes) -> str:
    return secrets.encode(browser[:_BROWSER_BYTES])
