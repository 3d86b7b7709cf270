"""Whether a signature is good: the half of the mathematics that a resource server needs.

Source: RFC 7518 sections 3.3 to 3.5; RFC 8037 section 3.1; RFC 8725 sections 3.1, 3.2 and 3.4.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from doorward.core.keys.ports import Verifies
from doorward.core.keys.records import Algorithm

_RSA_BITS: Final = range(2048, 8193)
_HALF_BYTES: Final = 32
_KEYS_REMEMBERED: Final = 256
_HASH: Final = hashes.SHA256()
_EC: Final = ec.ECDSA(_HASH)
_PADDINGS: Final[Mapping[Algorithm, padding.PKCS1v15 | padding.PSS]] = MappingProxyType(
    {Algorithm.RS256: padding.PKCS1v15(), Algorithm.PS256: padding.PSS(padding.MGF1(_HASH), _HASH.digest_size)}
)

_Key = ECKey | RSAKey | OKPKey
_Check = Callable[[bytes, bytes], None]

_KINDS: Final[Mapping[Algorithm, type[_Key]]] = MappingProxyType(
    {Algorithm.ES256: ECKey, Algorithm.RS256: RSAKey, Algorithm.PS256: RSAKey, Algorithm.EDDSA: OKPKey}
)


class PublicSignatures(Verifies):
    """Verifies. A key that was read once is kept ready, at most 256 of them."""

    def __init__(self) -> None:
        self._checks = lru_cache(_KEYS_REMEMBERED)(_check)

    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        """Tell whether `signature` is that of `message`; never raises on malformed signatures."""
        check = self._checks(public_jwk, algorithm)
        if check is None:
            return False
        try:
            check(signature, message)
        except InvalidSignature:
            return False
        return True


def _check(public_jwk: str, algorithm: Algorithm) -> _Check | None:
    """Return what raises when a signature is not that of a message: by a key that is meant for exactly this algorithm.

    None when it is not, or cannot be read, or is weak.
    """
    kind = _KINDS[algorithm]
    try:
        members = json.loads(public_jwk)
        if (members["alg"], members["kty"]) != (algorithm.value, kind.key_type):
            return None
        public = kind.import_key(members).public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    match public:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return _on_curve(public)
        case rsa.RSAPublicKey() if public.key_size in _RSA_BITS:
            return _padded(public, _PADDINGS[algorithm])
        case ed25519.Ed25519PublicKey():
            return public.verify
        case _:
            return None


def _on_curve(public: ec.EllipticCurvePublicKey) -> _Check:
    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != 2 * _HALF_BYTES:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:_HALF_BYTES]), int.from_bytes(signature[_HALF_BYTES:])
        public.verify(encode_dss_signature(r, s), message, _EC)

    return check


def _padded(public: rsa.RSAPublicKey, padded: padding.PKCS1v15 | padding.PSS) -> _Check:
    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != (public.key_size + 7) // 8:
            raise InvalidSignature
        public.verify(signature, message, padded, _HASH)

    return check
