"""Whether a signature is good: the half of the mathematics that a resource server needs.

Source: RFC 7518 sections 3.3 to 3.5; RFC 8037 section 3.1; RFC 8725 sections 3.1, 3.2 and 3.4.
"""

import json
from collections.abc import Mapping
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
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_KINDS: Final[Mapping[Algorithm, type[_Key]]] = MappingProxyType(
    {Algorithm.ES256: ECKey, Algorithm.RS256: RSAKey, Algorithm.PS256: RSAKey, Algorithm.EDDSA: OKPKey}
)


class PublicSignatures(Verifies):
    """Verifies. A key that was read once is kept ready, at most 256 of them."""

    def __init__(self) -> None:
        self._public = lru_cache(_KEYS_REMEMBERED)(_read_public)

    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        """Tell whether `signature` is that of `message`; never raises on malformed signatures."""
        key = self._public(public_jwk, algorithm)
        try:
            match key:
                case ec.EllipticCurvePublicKey() if len(signature) == 2 * _HALF_BYTES:
                    r, s = signature[:_HALF_BYTES], signature[_HALF_BYTES:]
                    key.verify(encode_dss_signature(int.from_bytes(r), int.from_bytes(s)), message, _EC)
                case rsa.RSAPublicKey() if len(signature) == (key.key_size + 7) // 8:
                    key.verify(signature, message, _PADDINGS[algorithm], _HASH)
                case ed25519.Ed25519PublicKey():
                    key.verify(signature, message)
                case _:
                    return False
        except InvalidSignature:
            return False
        return True


def _read_public(public_jwk: str, algorithm: Algorithm) -> _PublicKey | None:
    """Return the key if it is meant for exactly this algorithm, and None when it is not or cannot be read."""
    kind = _KINDS[algorithm]
    try:
        members = json.loads(public_jwk)
        if (members["alg"], members["kty"]) != (algorithm.value, kind.key_type):
            return None
        public = kind.import_key(members).public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return _strong(public)


def _strong(public: object) -> _PublicKey | None:
    match public:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) | ed25519.Ed25519PublicKey():
            return public
        case rsa.RSAPublicKey() if public.key_size in _RSA_BITS:
            return public
        case _:
            return None
