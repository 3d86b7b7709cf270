"""What keys ask of the outside: somewhere to be kept, and the mathematics."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm, SigningKey


class SigningKeys(Protocol):
    """Keeps the signing keys."""

    @abstractmethod
    def all(self) -> tuple[SigningKey, ...]:
        """Return every key that has not been removed, oldest first."""

    @abstractmethod
    def add(self, key: SigningKey) -> None:
        """Keep a new key."""

    @abstractmethod
    def retire(self, key_id: KeyId, *, signs_until: datetime, ends_at: datetime) -> None:
        """Set when the key stops signing and when it stops verifying."""

    @abstractmethod
    def remove_ended(self, now: datetime) -> int:
        """Remove the keys whose `ends_at` has passed, and return how many."""


class HasSigningKeys(Protocol):
    """A unit of work that reaches the signing keys."""

    @property
    @abstractmethod
    def signing_keys(self) -> SigningKeys:
        """The signing keys."""


class Verifies(Protocol):
    """The half of the mathematics that needs no secret. Stateless and safe to share between threads."""

    @abstractmethod
    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        """Tell whether `signature` is that of `message`; never raises on malformed signatures."""


class Signatures(Verifies, Protocol):
    """The mathematics of signatures."""

    @abstractmethod
    def generate(self, algorithm: Algorithm, key_id: KeyId) -> tuple[str, bytes]:
        """Return a fresh pair: the public half as JSON Web Key with `kid`, `alg`, `use`; the private half as bytes."""

    @abstractmethod
    def sign(self, algorithm: Algorithm, private: bytes, message: bytes) -> bytes:
        """Return the signature as JWS writes it (RFC 7518 section 3)."""
