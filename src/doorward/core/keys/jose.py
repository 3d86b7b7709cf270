"""The one place that writes and reads JSON Web Tokens, of whatever kind.

Source: RFC 7515, RFC 7517, RFC 7519, RFC 7638, RFC 8725.
"""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json.scanner import make_scanner
from types import MappingProxyType
from typing import Final, NamedTuple

from doorward.core.kernel import json_value
from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.json_value import compact_json, depth, no_constant, unrepeated
from doorward.core.kernel.secrets import digest
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import NAMES, SIGNS, Algorithm

DPOP_TYPE: Final = "dpop+jwt"
MAX_TOKEN_CHARACTERS: Final = 8192
MAX_HEADER_CHARACTERS: Final = 1024
MAX_DEPTH: Final = 8
_PARTS: Final = 3
_QUANTUM: Final = 4
_LAST: Final = ("", "", "AQgw", "AEIMQUYcgkosw048")
"""The letters that may end what has so many beyond whole quanta: none of their bits is left over (RFC 4648 3.5)."""
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_HEADERS_REMEMBERED: Final = 64
_MEDIA_TYPE: Final = "application/"

JsonValue = json_value.JsonValue
"""What claims are made of."""

_PUBLIC_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
)
"""What makes a public key of each type, in the order that its thumbprint is taken in (RFC 7638 section 3.2)."""

_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KEY_TYPES: Final[Mapping[Algorithm, str]] = MappingProxyType(
    {Algorithm.ES256: "EC", Algorithm.RS256: "RSA", Algorithm.PS256: "RSA", Algorithm.EDDSA: "OKP"}
)


class Parsed(NamedTuple):
    """A token taken apart and not yet believed.

    `type` is in lower case and without `application/`; empty when the header names none. `jwk` is the key that a proof
    of possession brings along, and None in any other kind, where a key inside a token is never looked at.
    """

    type: str
    algorithm: Algorithm
    key_id: KeyId | None
    jwk: Mapping[str, JsonValue] | None
    claims: Mapping[str, JsonValue]
    signed: bytes
    signature: bytes


def b64url_encode(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def b64url_decode(text: str) -> bytes:
    """Return the bytes of canonical, unpadded base64url.

    Raises: TokenRefused, for any other spelling of the same bytes too.
    """
    written, rest = text.encode("utf-8", "replace"), len(text) % _QUANTUM
    if written.translate(None, _LETTERS) or (rest and text[-1] not in _LAST[rest]):
        raise TokenRefused
    return binascii.a2b_base64(written.translate(_STANDARD) + b"=" * (-rest % _QUANTUM))


def compact(type: str, claims: Mapping[str, JsonValue], *, algorithm: Algorithm, key_id: KeyId) -> bytes:  # noqa: A002 (the header's word)
    """Return header and claims as they are signed (RFC 7515 section 5.1). A claim that is None is left out."""
    present = {name: value for name, value in claims.items() if value is not None}
    return f"{_header(type, algorithm, key_id)}.{_encode_json(present)}".encode()


def parse(presented: str, *, algorithms: Collection[Algorithm] = SIGNS) -> Parsed:
    """Take a compact JWS apart by the strictest reading of the specification.

    Source: RFC 7515 sections 4.1.9, 4.1.11 and 5.2; RFC 8725 sections 3.1, 3.10 and 3.11.
    Raises: TokenRefused, whatever is wrong.
    """
    if len(presented) > MAX_TOKEN_CHARACTERS or not presented.isascii():
        raise TokenRefused
    parts = presented.split(".")
    if len(parts) != _PARTS or len(parts[0]) > MAX_HEADER_CHARACTERS:
        raise TokenRefused
    header = _read_header(parts[0])
    if header.algorithm not in algorithms:
        raise TokenRefused
    return Parsed(
        type=header.type,
        algorithm=header.algorithm,
        key_id=header.key_id,
        jwk=header.jwk,
        claims=_decode_json(parts[1]),
        signed=presented[: -1 - len(parts[2])].encode(),
        signature=b64url_decode(parts[2]),
    )


def text(members: Mapping[str, JsonValue], name: str) -> str:
    """Return a member that is text.

    Raises: TokenRefused, when it is absent or anything else.
    """
    value = members.get(name)
    if not isinstance(value, str):
        raise TokenRefused
    return value


def number(members: Mapping[str, JsonValue], name: str) -> int:
    """Return a member that is a whole number.

    Raises: TokenRefused, when it is absent or anything else.
    """
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TokenRefused
    return value


def moment(members: Mapping[str, JsonValue], name: str) -> datetime:
    """Return a member that counts the seconds since 1970 (RFC 7519 section 2, NumericDate).

    Raises: TokenRefused, when it is absent, no whole number, or beyond any calendar.
    """
    seconds = members.get(name)
    if type(seconds) is not int:  # as `number` has it: True is an int, and no number
        raise TokenRefused
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenRefused from None


def thumbprint(jwk: Mapping[str, JsonValue]) -> str:
    """Return the SHA-256 thumbprint of a public key (RFC 7638).

    Raises: TokenRefused, when it is no key of a type that signs.
    """
    return b64url_encode(digest(compact_json(_public_members(jwk))))


def public_key(jwk: Mapping[str, JsonValue], algorithm: Algorithm) -> str:
    """Return a key that somebody presented as `Signatures.verify` takes it: what is public of it, for one algorithm.

    Source: RFC 7517 section 4; RFC 8725 section 3.1.
    Raises: TokenRefused, when it holds a private half, is of another type, or is meant for something else.
    """
    members = _public_members(jwk)
    if members["kty"] != _KEY_TYPES[algorithm] or not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise TokenRefused
    if jwk.get("use", "sig") != "sig" or ("alg" in jwk and _algorithm(text(jwk, "alg")) is not algorithm):
        raise TokenRefused
    return compact_json(members | {"alg": algorithm.value, "use": "sig"}).decode()


def _public_members(jwk: Mapping[str, JsonValue]) -> dict[str, str]:
    names = _PUBLIC_MEMBERS.get(text(jwk, "kty"))
    if names is None:
        raise TokenRefused
    return {name: text(jwk, name) for name in names}


@dataclass(frozen=True, slots=True)
class _Header:
    type: str
    algorithm: Algorithm
    key_id: KeyId | None
    jwk: Mapping[str, JsonValue] | None


@lru_cache(_HEADERS_REMEMBERED)
def _read_header(part: str) -> _Header:
    members = _decode_json(part)
    if "crit" in members or "b64" in members:
        raise TokenRefused
    kind = text(members, "typ").lower().removeprefix(_MEDIA_TYPE) if "typ" in members else ""
    return _Header(
        type=kind,
        algorithm=_algorithm(text(members, "alg")),
        key_id=KeyId(text(members, "kid")) if "kid" in members else None,
        jwk=_object(members, "jwk") if kind == DPOP_TYPE else None,
    )


def _object(members: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    value = members.get(name)
    if not isinstance(value, dict):
        raise TokenRefused
    return value


def _algorithm(name: str) -> Algorithm:
    algorithm = NAMES.get(name)
    if algorithm is None:
        raise TokenRefused
    return algorithm


@lru_cache(_HEADERS_REMEMBERED)
def _header(kind: str, algorithm: Algorithm, key_id: KeyId) -> str:
    return _encode_json({"alg": algorithm.value, "kid": key_id, "typ": kind})


def _encode_json(members: Mapping[str, JsonValue]) -> str:
    return b64url_encode(compact_json(members))


def _decode_json(part: str) -> dict[str, JsonValue]:
    raw = b64url_decode(part)
    try:
        written = raw.decode("utf-8").strip(_BLANK)
        value, end = _SCAN(written, 0)
        is_deep = _may_be_deep(written) and depth(value) > MAX_DEPTH
        if "\\u" in written:  # half of a pair (RFC 8259 section 8.2) is text that nobody can write down again
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError, StopIteration):
        raise TokenRefused from None
    if not isinstance(value, dict) or is_deep or end != len(written):
        raise TokenRefused
    return value


_BLANK: Final = " \t\n\r"
# What `json.loads` comes down to, made once: without its search for white space, and for what is behind.
_STRICT: Final = json.JSONDecoder(object_pairs_hook=unrepeated, parse_constant=no_constant)
_SCAN: Final = make_scanner(_STRICT)  # type: ignore[arg-type]  # it takes whatever has a decoder's fields


def _may_be_deep(written: str) -> bool:
    """Tell whether there are enough brackets at all; in nearly every token there are not."""
    return written.count("{") + written.count("[") > MAX_DEPTH
