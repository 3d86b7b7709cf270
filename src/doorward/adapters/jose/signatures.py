"""ES256 and RS256 signatures.

Source: RFC 7518 sections 3.3 and 3.4; RFC 8725 sections 3.1, 3.2 and 3.4.
"""

import json
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from doorward.core.kernel.ids import KeyId
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm

RSA_BITS: Final = 3072
_RSA_BITS_TO_VERIFY: Final = range(2048, 8193)
_RSA_EXPONENT: Final = 65_537
_HALF_BYTES: Final = 32
_KEYS_REMEMBERED: Final = 64
_KEY_TYPES: Final = {Algorithm.ES256: "EC", Algorithm.RS256: "RSA"}
_HASH: Final = hashes.SHA256()
_VERIFY_EC: Final = ec.ECDSA(_HASH)
# Deterministic (RFC 6979): a weak generator at the moment of signing cannot give the key away.
_SIGN_EC: Final = ec.ECDSA(_HASH, deterministic_signing=True)

_PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class JoseSignatures(Signatures):
    """Signs and verifies. A key that was read once is kept ready, at most sixty-four of each half."""

    def __init__(self) -> None:
        self._private = lru_cache(_KEYS_REMEMBERED)(_read_private)
        self._public = lru_cache(_KEYS_REMEMBERED)(_read_public)

    def generate(self, algorithm: Algorithm, key_id: KeyId) -> tuple[str, bytes]:
        key, private = _generate(algorithm)
        members = key.as_dict(private=False) | {"kid": key_id, "alg": algorithm.value, "use": "sig"}
        raw = private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps(members, separators=(",", ":"), sort_keys=True), raw

    def sign(self, algorithm: Algorithm, private: bytes, message: bytes) -> bytes:
        key = self._private(private)
        if algorithm is Algorithm.ES256 and isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(key.sign(message, _SIGN_EC))
            return r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES)
        if algorithm is Algorithm.RS256 and isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), _HASH)
        raise ValueError(f"the key does not sign {algorithm}")

    def verify(self, algorithm: Algorithm, public_jwk: str, message: bytes, *, signature: bytes) -> bool:
        key = self._public(public_jwk, algorithm)
        try:
            match key:
                case ec.EllipticCurvePublicKey() if len(signature) == 2 * _HALF_BYTES:
                    r, s = signature[:_HALF_BYTES], signature[_HALF_BYTES:]
                    pair = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
                    key.verify(pair, message, _VERIFY_EC)
                case rsa.RSAPublicKey() if len(signature) == (key.key_size + 7) // 8:
                    key.verify(signature, message, padding.PKCS1v15(), _HASH)
                case _:
                    return False
        except InvalidSignature:
            return False
        return True


def _generate(algorithm: Algorithm) -> tuple[ECKey | RSAKey, _PrivateKey]:
    match algorithm:
        case Algorithm.ES256:
            curve = ec.generate_private_key(ec.SECP256R1())
            return ECKey.import_key(curve), curve
        case Algorithm.RS256:
            prime = rsa.generate_private_key(_RSA_EXPONENT, RSA_BITS)
            return RSAKey.import_key(prime), prime


def _read_private(private: bytes) -> _PrivateKey:
    key = serialization.load_der_private_key(private, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError("the key is neither an elliptic curve nor an RSA key")
    return key


def _read_public(public_jwk: str, algorithm: Algorithm) -> _PublicKey | None:
    """Return the key if it is meant for exactly this algorithm, and None when it is not or cannot be read."""
    try:
        members = json.loads(public_jwk)
        if (members["alg"], members["kty"]) != (algorithm.value, _KEY_TYPES[algorithm]):
            return None
        if members.get("use", "sig") != "sig":
            return None
        key = ECKey.import_key(members) if algorithm is Algorithm.ES256 else RSAKey.import_key(members)
        public = key.public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return public if _is_strong(public) else None


def _is_strong(public: _PublicKey) -> bool:
    if isinstance(public, ec.EllipticCurvePublicKey):
        return isinstance(public.curve, ec.SECP256R1)
    return public.key_size in _RSA_BITS_TO_VERIFY
