import json
from base64 import urlsafe_b64encode
from functools import cache
from typing import Literal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm

SIGNATURES = JoseSignatures()
PAIRS = {algorithm: SIGNATURES.generate(algorithm, KeyId(f"key-{algorithm}")) for algorithm in Algorithm}
MESSAGE = b"header.claims"
Kind = type[ECKey | RSAKey | OKPKey]
KINDS: dict[Algorithm, Kind] = {
    Algorithm.ES256: ECKey,
    Algorithm.RS256: RSAKey,
    Algorithm.PS256: RSAKey,
    Algorithm.EDDSA: OKPKey,
}
PUBLIC: dict[Kind, set[str]] = {ECKey: {"crv", "x", "y"}, RSAKey: {"n", "e"}, OKPKey: {"crv", "x"}}
EACH = pytest.mark.parametrize("algorithm", list(Algorithm))


@cache
def signed(algorithm: Algorithm) -> bytes:
    return sign(algorithm)


def sign(algorithm: Algorithm) -> bytes:
    return SIGNATURES.sign(algorithm, PAIRS[algorithm][1], MESSAGE)


def verify(algorithm: Algorithm, signature: bytes, message: bytes = MESSAGE) -> bool:
    return SIGNATURES.verify(algorithm, PAIRS[algorithm][0], message, signature=signature)


@EACH
def test_verify_own_signature_accepts(algorithm: Algorithm) -> None:
    assert verify(algorithm, sign(algorithm))


@EACH
def test_generate_publishes_the_public_half_alone(algorithm: Algorithm) -> None:
    members = json.loads(PAIRS[algorithm][0])

    assert (members["kid"], members["alg"], members["use"]) == (f"key-{algorithm}", algorithm.value, "sig")
    assert set(members) == {"kty", "kid", "alg", "use"} | PUBLIC[KINDS[algorithm]]


@pytest.mark.parametrize("algorithm", [Algorithm.RS256, Algorithm.PS256])
def test_generate_rsa_has_3072_bits(algorithm: Algorithm) -> None:
    members = json.loads(PAIRS[algorithm][0])

    assert RSAKey.import_key(members).public_key.key_size == 3072


@EACH
def test_generate_private_half_is_pkcs8(algorithm: Algorithm) -> None:
    load_der_private_key(PAIRS[algorithm][1], password=None)


@EACH
def test_sign_is_what_another_library_verifies(algorithm: Algorithm) -> None:
    name = "Ed25519" if algorithm is Algorithm.EDDSA else algorithm.value  # the newer name (RFC 9864 section 2.2)
    header = json.dumps({"alg": name}).encode()
    signed = b".".join(part.rstrip(b"=") for part in (_b64(header), _b64(b"payload")))
    signature = SIGNATURES.sign(algorithm, PAIRS[algorithm][1], signed)
    members = json.loads(PAIRS[algorithm][0]) | {"alg": name}
    key = KINDS[algorithm].import_key(members)

    read = jws.deserialize_compact(signed + b"." + _b64(signature).rstrip(b"="), key, algorithms=[name])

    assert read.payload == b"payload"


def test_sign_es256_is_64_bytes_and_deterministic() -> None:
    assert len(sign(Algorithm.ES256)) == 64
    assert sign(Algorithm.ES256) == sign(Algorithm.ES256)


@EACH
@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_verify_one_bit_of_the_signature_changed_refuses(algorithm: Algorithm, place: int, bit: int) -> None:
    changed = bytearray(signed(algorithm))
    changed[place % len(changed)] ^= 1 << bit

    assert not verify(algorithm, bytes(changed))


@EACH
@given(place=st.integers(min_value=0, max_value=len(MESSAGE) - 1), bit=st.integers(min_value=0, max_value=7))
def test_verify_one_bit_of_the_message_changed_refuses(algorithm: Algorithm, place: int, bit: int) -> None:
    changed = bytearray(MESSAGE)
    changed[place] ^= 1 << bit

    assert not verify(algorithm, signed(algorithm), bytes(changed))


@EACH
@given(signature=st.binary(max_size=600))
def test_verify_arbitrary_bytes_refuses_and_never_raises(algorithm: Algorithm, signature: bytes) -> None:
    assert not verify(algorithm, signature)


@EACH
@pytest.mark.parametrize("change", ["truncated", "extended", "zeros", "empty", "leading zero"])
def test_verify_signature_of_other_length_or_zero_refuses(algorithm: Algorithm, change: str) -> None:
    signature = sign(algorithm)
    changed = {
        "truncated": signature[:-1],
        "extended": signature + b"\0",
        "zeros": bytes(len(signature)),
        "empty": b"",
        "leading zero": b"\0" + signature,
    }[change]

    assert not verify(algorithm, changed)


def test_verify_es256_signature_in_der_refuses() -> None:
    raw = sign(Algorithm.ES256)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))

    assert not verify(Algorithm.ES256, der)


@EACH
def test_verify_key_meant_for_another_algorithm_refuses(algorithm: Algorithm) -> None:
    other = next(one for one in Algorithm if one is not algorithm)
    relabelled = json.dumps(json.loads(PAIRS[algorithm][0]) | {"alg": other.value})

    assert not SIGNATURES.verify(other, PAIRS[algorithm][0], MESSAGE, signature=sign(algorithm))
    assert not SIGNATURES.verify(other, relabelled, MESSAGE, signature=sign(algorithm))


def test_verify_one_padding_in_place_of_the_other_refuses() -> None:
    public, private = PAIRS[Algorithm.RS256]
    relabelled = json.dumps(json.loads(public) | {"alg": "PS256"})

    assert not SIGNATURES.verify(Algorithm.PS256, relabelled, MESSAGE, signature=sign(Algorithm.RS256))
    padded = SIGNATURES.sign(Algorithm.PS256, private, MESSAGE)
    assert not SIGNATURES.verify(Algorithm.RS256, public, MESSAGE, signature=padded)


def test_verify_pss_with_another_length_of_salt_refuses() -> None:  # RFC 7518 section 3.5
    key = load_der_private_key(PAIRS[Algorithm.PS256][1], password=None)
    assert isinstance(key, rsa.RSAPrivateKey)

    signature = key.sign(MESSAGE, padding.PSS(padding.MGF1(hashes.SHA256()), 20), hashes.SHA256())

    assert not verify(Algorithm.PS256, signature)


@pytest.mark.parametrize("curve", ["X25519", "Ed448"])
def test_verify_eddsa_key_on_another_curve_refuses(curve: Literal["X25519", "Ed448"]) -> None:
    members = OKPKey.generate_key(curve).as_dict(private=False) | {"alg": "EdDSA", "use": "sig"}

    assert not SIGNATURES.verify(Algorithm.EDDSA, json.dumps(members), MESSAGE, signature=bytes(64))


def test_sign_key_of_no_kind_that_signs_raises() -> None:
    raw = X25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    with pytest.raises(TypeError):
        SIGNATURES.sign(Algorithm.EDDSA, raw, MESSAGE)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "ES384"},
        {"alg": "none"},
        {"use": "enc"},
        {"crv": "P-384"},
        {"kty": "RSA"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"x": "AAAA"},
        {"y": ""},
        {"x": 5},
    ],
)
def test_verify_key_that_is_not_what_it_says_refuses(change: dict[str, str | int]) -> None:
    jwk = json.dumps(json.loads(PAIRS[Algorithm.ES256][0]) | change)

    assert not SIGNATURES.verify(Algorithm.ES256, jwk, MESSAGE, signature=sign(Algorithm.ES256))


@pytest.mark.parametrize("jwk", ["", "null", "[]", "{}", '"text"', "{", '{"kty":"EC"}', '{"alg":"ES256"}'])
@EACH
def test_verify_malformed_key_refuses_and_never_raises(algorithm: Algorithm, jwk: str) -> None:
    assert not SIGNATURES.verify(algorithm, jwk, MESSAGE, signature=sign(algorithm))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_verify_weak_rsa_key_refuses() -> None:
    weak = {
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "n": _b64((2**1023 + 1).to_bytes(128)).rstrip(b"=").decode(),
        "e": "AQAB",
    }

    assert not SIGNATURES.verify(Algorithm.RS256, json.dumps(weak), MESSAGE, signature=bytes(128))


@EACH
def test_sign_key_of_another_algorithm_raises(algorithm: Algorithm) -> None:
    other = next(one for one in Algorithm if one is not algorithm)

    with pytest.raises(ValueError, match="does not sign"):
        SIGNATURES.sign(algorithm, PAIRS[other][1], MESSAGE)


def _b64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw)
