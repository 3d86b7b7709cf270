"""AES-256-GCM, with a key of its own for each context.

Source: NIST SP 800-38D.
"""

from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from doorward.core.kernel import secrets
from doorward.core.kernel.sealing import Sealer

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32


class AesGcmSealer(Sealer):
    """Seals under `key`; what was sealed under one of the `previous` keys still opens.

    A sealed value is a version byte, twelve random bytes, and the ciphertext with its tag. Version and context are
    authenticated too, and the context decides the key: no key seals often enough for two nonces to meet.
    """

    def __init__(self, key: bytes, *, previous: Sequence[bytes] = ()) -> None:
        self._keys = (key, *previous)
        if any(len(held) != _KEY_BYTES for held in self._keys):
            raise ValueError(f"a sealing key has {_KEY_BYTES} bytes")

    def seal(self, plain: bytes, *, context: str, key: bytes | None = None) -> bytes:
        nonce = secrets.random_bytes(_NONCE_BYTES)
        cipher = _cipher(self._keys[0] if key is None else key, context)
        return _VERSION + nonce + cipher.encrypt(nonce, plain, _associated(context))

    def open(self, sealed: bytes, *, context: str, key: bytes | None = None) -> bytes | None:
        if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
            return None
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        for held in self._keys if key is None else (key,):
            try:
                return _cipher(held, context).decrypt(nonce, body, _associated(context))
            except InvalidTag:
                continue
        return None


def _cipher(key: bytes, context: str) -> AESGCM:
    return AESGCM(secrets.mac(key, b"seal", context.encode()))


def _associated(context: str) -> bytes:
    return _VERSION + context.encode()
