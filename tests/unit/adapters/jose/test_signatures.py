import json
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.ids import KeyId
from doorward.core.keys.records import Algorithm

SIGNATURES = JoseSignatures()
PAIRS = {algorithm: SIGNATURES.generate(algorithm, KeyId(f"key-{algorithm}")) for algorithm in Algorithm}
MESSAGE = b"header.claims"
BOTH = pytest.mark.parametrize("algorithm", list(Algorithm))


def sign(algorithm: Algorithm) -> bytes:
    return SIGNATURES.sign(algorithm, PAIRS[algorithm][1], MESSAGE)


def verify(algorithm: Algorithm, signature: bytes, message: bytes = MESSAGE) -> bool:
    return SIGNATURES.verify(algorithm, PAIRS[algorithm][0], message, signature=signature)


@BOTH
def test_verify_own_signature_accepts(algorithm: Algorithm) -> None:
    assert verify(algorithm, sign(algorithm))


@BOTH
def test_generate_publishes_the_public_half_alone(algorithm: Algorithm) -> None:
    members = json.loads(PAIRS[algorithm][0])

    assert (members["kid"], members["alg"], members["use"]) == (f"key-{algorithm}", algorithm.value, "sig")
    assert set(members) == {"kty", "kid", "alg", "use"} | (
        {"crv", "x", "y"} if algorithm is Algorithm.ES256 else {"n", "e"}
    )


def test_generate_rs256_has_3072_bits() -> None:
    members = json.loads(PAIRS[Algorithm.RS256][0])

    assert RSAKey.import_key(members).public_key.key_size == 3072


@BOTH
def test_generate_private_half_is_pkcs8(algorithm: Algorithm) -> None:
    load_der_private_key(PAIRS[algorithm][1], password=None)


@BOTH
def test_sign_is_what_another_library_verifies(algorithm: Algorithm) -> None:
    header = json.dumps({"alg": algorithm.value}).encode()
    signed = b".".join(part.rstrip(b"=") for part in (_b64(header), _b64(b"payload")))
    signature = SIGNATURES.sign(algorithm, PAIRS[algorithm][1], signed)
    members = json.loads(PAIRS[algorithm][0])
    key = ECKey.import_key(members) if algorithm is Algorithm.ES256 else RSAKey.import_key(members)

    read = jws.deserialize_compact(signed + b"." + _b64(signature).rstrip(b"="), key, algorithms=[algorithm.value])

    assert read.payload == b"payload"


def test_sign_es256_is_64_bytes_and_deterministic() -> None:
    assert len(sign(Algorithm.ES256)) == 64
    assert sign(Algorithm.ES256) == sign(Algorithm.ES256)


@BOTH
@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_verify_one_bit_of_the_signature_changed_refuses(algorithm: Algorithm, place: int, bit: int) -> None:
    changed = bytearray(sign(algorithm))
    changed[place % len(changed)] ^= 1 << bit

    assert not verify(algorithm, bytes(changed))


@BOTH
@given(place=st.integers(min_value=0, max_value=len(MESSAGE) - 1), bit=st.integers(min_value=0, max_value=7))
def test_verify_one_bit_of_the_message_changed_refuses(algorithm: Algorithm, place: int, bit: int) -> None:
    changed = bytearray(MESSAGE)
    changed[place] ^= 1 << bit

    assert not verify(algorithm, sign(algorithm), bytes(changed))


@BOTH
@given(signature=st.binary(max_size=600))
def test_verify_arbitrary_bytes_refuses_and_never_raises(algorithm: Algorithm, signature: bytes) -> None:
    assert not verify(algorithm, signature)


@BOTH
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


@BOTH
def test_verify_key_meant_for_another_algorithm_refuses(algorithm: Algorithm) -> None:
    other = next(one for one in Algorithm if one is not algorithm)
    relabelled = json.dumps(json.loads(PAIRS[algorithm][0]) | {"alg": other.value})

    assert not SIGNATURES.verify(other, PAIRS[algorithm][0], MESSAGE, signature=sign(algorithm))
    assert not SIGNATURES.verify(other, relabelled, MESSAGE, signature=sign(algorithm))


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
@BOTH
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


@BOTH
def test_sign_key_of_another_algorithm_raises(algorithm: Algorithm) -> None:
    other = next(one for one in Algorithm if one is not algorithm)

    with pytest.raises(ValueError, match="does not sign"):
        SIGNATURES.sign(algorithm, PAIRS[other][1], MESSAGE)


def _b64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw)
