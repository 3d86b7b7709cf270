"""The public keys of clients: which may be registered, and which fits a token.

Source: RFC 7517; RFC 7518 section 6; RFC 8037 section 2; RFC 8725 sections 3.1, 3.4 and 3.5.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from doorward.core.kernel.errors import Invalid
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import NAMES, Algorithm

Key = Mapping[str, JsonValue]

LONGEST: Final = 8192
MOST_KEYS: Final = 10
LONGEST_KEY_ID: Final = 256
SMALLEST_RSA: Final = 2048
LARGEST_RSA: Final = 8192
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"EC": ("ES256",), "RSA": ("PS256", "RS256"), "OKP": ("EdDSA",)}
)
_P256: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_B: Final = 0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B
_KEY_BYTES: Final = 32


def check(text: str, *, pointer: str) -> str:
    """Return a key set as it is kept: only what is public and known of each key.

    Raises: Invalid, with a reason for its author.
    """
    return json.dumps({"keys": [_checked(key, pointer) for key in read(text, pointer=pointer)]}, separators=(",", ":"))


def read(text: str, *, pointer: str = "/jwks") -> tuple[Key, ...]:
    """Return the keys of a set that is written as JSON.

    Raises: Invalid.
    """
    if len(text) > LONGEST:
        raise Invalid(pointer, f"The key set is longer than {LONGEST} characters.")
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Invalid(pointer, "This is no JSON Web Key Set.") from None
    return keys_of(value if isinstance(value, dict) else {}, pointer=pointer)


def keys_of(members: Mapping[str, JsonValue], *, pointer: str = "/jwks") -> tuple[Key, ...]:
    """Return the keys of a set that was read.

    Raises: Invalid.
    """
    keys = members.get("keys")
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise Invalid(pointer, f"A key set is an object with 1 to {MOST_KEYS} `keys`.")
    objects = tuple(key for key in keys if isinstance(key, dict))
    if len(objects) != len(keys):
        raise Invalid(pointer, "Each key is an object.")
    return objects


def fitting(keys: Iterable[Key], algorithm: Algorithm, key_id: str | None) -> tuple[Key, ...]:
    """Return the keys that may have signed: of the algorithm's type, for signatures, with the id that was named.

    One that must not be registered, because it is weak, private or not on its curve, never fits.
    """
    return tuple(
        key
        for key in keys
        if algorithm.value in _algorithms(key)
        and (key_id is None or key.get("kid") == key_id)
        and reason_against(key) is None
    )


def reason_against(key: Key) -> str | None:
    """Return why a key cannot be registered, in words for its author, or None."""
    if not _PRIVATE.isdisjoint(key):
        return "It holds a private key. Register the public half, and make a new pair: this one has been given away."
    if key.get("use", "sig") != "sig" or not _may_verify(key.get("key_ops")):
        return "It is not meant for signatures."
    if not _algorithms(key):
        return "Its type is not EC (P-256), RSA or OKP (Ed25519), or its `alg` does not fit its type."
    if not _is_key_id(key.get("kid")):
        return f"Its `kid` is not a text of 1 to {LONGEST_KEY_ID} characters."
    return _MATHEMATICS[f"{key.get('kty')}"](key)


def _checked(key: Key, pointer: str) -> Key:
    reason = reason_against(key)
    if reason is not None:
        raise Invalid(pointer, f"A key cannot be used. {reason}")
    return {name: value for name, value in key.items() if name in _KEPT}


def _algorithms(key: Key) -> tuple[str, ...]:
    """Return the algorithms that a key may be used with: the one it names, or those of its type."""
    known = _ALGORITHMS.get(f"{key.get('kty')}", ())
    named = key.get("alg")
    meant = NAMES.get(named) if isinstance(named, str) else None
    return known if named is None else tuple(name for name in known if name == meant)


def _may_verify(operations: JsonValue) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)


def _is_key_id(value: JsonValue) -> bool:
    return value is None or (isinstance(value, str) and 0 < len(value) <= LONGEST_KEY_ID and value.isprintable())


def _against_curve(key: Key) -> str | None:
    x, y = _number(key.get("x")), _number(key.get("y"))
    is_right = key.get("crv") == "P-256" and _length(key.get("x")) == _length(key.get("y")) == _KEY_BYTES
    if not is_right or x is None or y is None or max(x, y) >= _P256:
        return "Its curve is not P-256."
    is_on_curve = (y * y - x * x * x + 3 * x - _P256_B) % _P256 == 0
    return None if is_on_curve else "Its point is not on its curve."


def _against_rsa(key: Key) -> str | None:
    modulus, exponent = _number(key.get("n")), _number(key.get("e"))
    if modulus is None or exponent is None:
        return "Its numbers cannot be read."
    if not SMALLEST_RSA <= modulus.bit_length() <= LARGEST_RSA or modulus % 2 == 0:
        return f"An RSA key has {SMALLEST_RSA} to {LARGEST_RSA} bits."
    is_usual = 2**16 < exponent < 2**32 and exponent % 2 == 1
    return None if is_usual else "Its exponent is not an odd number of 17 to 32 bits, such as 65537."


def _against_edwards(key: Key) -> str | None:
    is_right = key.get("crv") == "Ed25519" and _length(key.get("x")) == _KEY_BYTES
    return None if is_right else "Its curve is not Ed25519."


_MATHEMATICS: Final = MappingProxyType({"EC": _against_curve, "RSA": _against_rsa, "OKP": _against_edwards})
_KEPT: Final = frozenset({"kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"})


def _bytes(value: JsonValue) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == value else None


def _length(value: JsonValue) -> int:
    return len(_bytes(value) or b"")


def _number(value: JsonValue) -> int | None:
    raw = _bytes(value)
    return int.from_bytes(raw) if raw else None


def _without_repeats(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(name)
