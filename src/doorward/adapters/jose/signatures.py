"""ES256, RS256, PS256 and EdDSA signatures.

Source: RFC 7518 sections 3.3 to 3.5; RFC 8037 section 3.1; RFC 8725 sections 3.1, 3.2 and 3.4.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from doorward.core.kernel.ids import KeyId
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm

RSA_BITS: Final = 3072
_RSA_BITS_TO_VERIFY: Final = range(2048, 8193)
_RSA_EXPONENT: Final = 65_537
_HALF_BYTES: Final = 32
_KEYS_REMEMBERED: Final = 64
_HASH: Final = hashes.SHA256()
_VERIFY_EC: Final = ec.ECDSA(_HASH)
# Deterministic (RFC 6979): a weak generator at the moment of signing cannot give the key away.
_SIGN_EC: Final = ec.ECDSA(_HASH, deterministic_signing=True)
_PADDINGS: Final[Mapping[Algorithm, padding.PKCS1v15 | padding.PSS]] = MappingProxyType(
    {Algorithm.RS256: padding.PKCS1v15(), Algorithm.PS256: padding.PSS(padding.MGF1(_HASH), _HASH.digest_size)}
)

_Key = ECKey | RSAKey | OKPKey
_PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

_KINDS: Final[Mapping[Algorithm, type[_Key]]] = MappingProxyType(
    {Algorithm.ES256: ECKey, Algorithm.RS256: RSAKey, Algorithm.PS256: RSAKey, Algorithm.EDDSA: OKPKey}
)
_MAKE: Final[Mapping[type[_Key], Callable[[], _PrivateKey]]] = MappingProxyType(
    {
        ECKey: lambda: ec.generate_private_key(ec.SECP256R1()),
        RSAKey: lambda: rsa.generate_private_key(_RSA_EXPONENT, RSA_BITS),
        OKPKey: ed25519.Ed25519PrivateKey.generate,
    }
)


class JoseSignatures(Signatures):
    """Signs and verifies. A key that was read once is kept ready, at most sixty-four of each half."""

    def __init__(self) -> None:
        self._private = lru_cache(_KEYS_REMEMBERED)(_read_private)
        self._public = lru_cache(_KEYS_REMEMBERED)(_read_public)

    def generate(self, algorithm: Algorithm, key_id: KeyId) -> tuple[str, bytes]:
        kind = _KINDS[algorithm]
        raw = _MAKE[kind]().private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = kind.import_key(raw).as_dict(private=False)
        members = public | {"kid": key_id, "alg": algorithm.value, "use": "sig"}
        return json.dumps(members, separators=(",", ":"), sort_keys=True), raw

    def sign(self, algorithm: Algorithm, private: bytes, message: bytes) -> bytes:
        match algorithm, self._private(private):
            case Algorithm.ES256, ec.EllipticCurvePrivateKey() as key:
                r, s = decode_dss_signature(key.sign(message, _SIGN_EC))
                return r.to_bytes(_HALF_BYTES) + s.to_bytes(_HALF_BYTES)
            case ((Algorithm.RS256 | Algorithm.PS256), rsa.RSAPrivateKey() as key):
                return key.sign(message, _PADDINGS[algorithm], _HASH)
            case Algorithm.EDDSA, ed25519.Ed25519PrivateKey() as key:
                return key.sign(message)
            case _:
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
                    key.verify(signature, message, _PADDINGS[algorithm], _HASH)
                case ed25519.Ed25519PublicKey():
                    key.verify(signature, message)
                case _:
                    return False
        except InvalidSignature:
            return False
        return True


def _read_private(private: bytes) -> _PrivateKey:
    key = serialization.load_der_private_key(private, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError("the key is of none of the kinds that sign")
    return key


def _read_public(public_jwk: str, algorithm: Algorithm) -> _PublicKey | None:
    """Return the key if it is meant for exactly this algorithm, and None when it is not or cannot be read."""
    kind = _KINDS[algorithm]
    try:
        members = json.loads(public_jwk)
        if (members["alg"], members["kty"]) != (algorithm.value, kind.key_type):
            return None
        if members.get("use", "sig") != "sig":
            return None
        public = kind.import_key(members).public_key
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return _strong(public)


def _strong(public: object) -> _PublicKey | None:
    match public:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) | ed25519.Ed25519PublicKey():
            return public
        case rsa.RSAPublicKey() if public.key_size in _RSA_BITS_TO_VERIFY:
            return public
        case _:
            return None
