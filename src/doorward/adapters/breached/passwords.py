"""Passwords that are known to attackers.

Source: NIST SP 800-63B-4 section 3.1.1.2; OWASP ASVS 5.0, 6.2.4 and 6.2.12.
"""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

from doorward.adapters.breached.digests import SortedDigests
from doorward.core.credentials.ports import KnownPasswords

_SHORTEST: Final = 8


class ListedPasswords(KnownPasswords):
    """Knows common passwords, in any spelling of case, and those of an operator's file of breached ones.

    `breached` is a file of SHA-1 digests in order, as `SortedDigests` reads it. The common ones are loaded at the first
    question.
    Raises: OSError or ValueError, when the file cannot be read or is not in order.
    """

    def __init__(self, breached: Path | None = None) -> None:
        self._breached = None if breached is None else SortedDigests(breached)

    def contains(self, password: str) -> bool:
        if password.casefold() in self._common:
            return True
        return self._breached is not None and self._breached.contains(_sha1(password))

    @cached_property
    def _common(self) -> frozenset[str]:
        # A process that sets no password never needs the lists, and they take a while to load.
        from zxcvbn import frequency_lists  # type: ignore[import-untyped] # noqa: PLC0415 (it ships no types)

        listed: list[str] = frequency_lists.FREQUENCY_LISTS["passwords"]
        return frozenset(word.casefold() for word in listed if len(word) >= _SHORTEST)


def _sha1(password: str) -> bytes:
    # The published lists are in SHA-1; nothing is protected by it here.
    return hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
