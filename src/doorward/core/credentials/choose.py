"""Taking a new password."""

from collections.abc import Iterable
from dataclasses import dataclass

from doorward.core.credentials import rules
from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.credentials.ports import KnownPasswords, PasswordHasher


@dataclass(frozen=True, slots=True)
class ChoosePassword:
    """Check a new password, and hash it. `minimum` counts characters; `brand` is a word that attackers would try."""

    hasher: PasswordHasher
    known: KnownPasswords
    minimum: int = rules.MINIMUM_CHARACTERS
    brand: str = "doorward"

    def __call__(self, password: str, *, pointer: str, context: Iterable[str]) -> str:
        """Return the hash to be stored. `context` holds words that belong to the owner: name, parts of the address.

        Raises: PasswordUnsuitable.
        """
        self.check(password, pointer=pointer, context=context)
        normal = rules.normalise(password)
        if self.known.contains(normal):
            reason = "This password is known to attackers from other places. Choose another one."
            raise PasswordUnsuitable(pointer, reason)
        return self.hasher.hash(normal)

    def check(self, password: str, *, pointer: str, context: Iterable[str]) -> None:
        """Return when a password would do as far as its form and these words go; it is not hashed.

        Raises: PasswordUnsuitable.
        """
        normal = rules.normalise(password)
        rules.check(normal, pointer=pointer, context=(*context, self.brand), minimum=self.minimum)
