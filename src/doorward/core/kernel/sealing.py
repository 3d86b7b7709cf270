"""What is kept unreadable at rest."""

from abc import abstractmethod
from typing import Protocol


class Sealer(Protocol):
    """Encrypts with authentication (AEAD). What was sealed under one context opens under no other."""

    @abstractmethod
    def seal(self, plain: bytes, *, context: str, key: bytes | None = None) -> bytes:
        """Return `plain` sealed under `key`, or under the deployment's own key when None."""

    @abstractmethod
    def open(self, sealed: bytes, *, context: str, key: bytes | None = None) -> bytes | None:
        """Return what was sealed, or None when the key, the context or a single bit differs."""
