"""The one place that writes and reads JSON Web Tokens.

Source: RFC 7515, RFC 7519, RFC 8725, RFC 9068.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from doorward.core.kernel.ids import AccountId, KeyId, SessionId
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.records import AccessToken, Algorithm

ACCESS_TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 (the name of a type)
MAX_TOKEN_CHARACTERS: Final = 8192
MAX_HEADER_CHARACTERS: Final = 1024
MAX_DEPTH: Final = 8
MAX_ACCESS_TOKEN_LIFE: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(seconds=30)
_PARTS: Final = 3
_HEADERS_REMEMBERED: Final = 64
_COMPACT: Final = json.JSONEncoder(separators=(",", ":"))

JsonValue = str | int | float | bool | list["JsonValue"] | dict[str, "JsonValue"] | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A token taken apart and not yet believed."""

    type: str
    algorithm: Algorithm
    key_id: KeyId
    claims: dict[str, JsonValue]
    signed: bytes
    signature: bytes


def b64url_encode(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def b64url_decode(text: str) -> bytes:
    """Return the bytes of canonical, unpadded base64url.

    Raises: TokenRefused, for any other spelling of the same bytes too.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused from None
    if b64url_encode(raw) != text:
        raise TokenRefused
    return raw


def signing_input(token: AccessToken, algorithm: Algorithm, key_id: KeyId) -> bytes:
    """Return header and claims as they are signed (RFC 7515 section 5.1)."""
    claims: dict[str, str | int] = {
        "iss": token.issuer,
        "sub": token.subject,
        "aud": token.audience,
        "client_id": token.client_id,
        "sid": token.session_id,
        "jti": token.token_id,
        "scope": token.scope,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "auth_time": int(token.authenticated_at.timestamp()),
    }
    return f"{_header(algorithm, key_id)}.{_encode_json(claims)}".encode()


def parse(presented: str) -> Parsed:
    """Take a compact JWS apart by the strictest reading of the specification.

    Source: RFC 7515 sections 4.1.11 and 5.2; RFC 8725 sections 3.1, 3.10 and 3.11.
    Raises: TokenRefused, whatever is wrong.
    """
    if len(presented) > MAX_TOKEN_CHARACTERS or not presented.isascii():
        raise TokenRefused
    parts = presented.split(".")
    if len(parts) != _PARTS or len(parts[0]) > MAX_HEADER_CHARACTERS:
        raise TokenRefused
    header = _decode_json(parts[0])
    if "crit" in header or "b64" in header:
        raise TokenRefused
    return Parsed(
        type=_text(header, "typ"),
        algorithm=_algorithm(_text(header, "alg")),
        key_id=KeyId(_text(header, "kid")),
        claims=_decode_json(parts[1]),
        signed=f"{parts[0]}.{parts[1]}".encode(),
        signature=b64url_decode(parts[2]),
    )


def read_access_token(parsed: Parsed, *, issuer: str, audience: str, now: datetime) -> AccessToken:
    """Return what a token with a good signature says, if it is an access token of `issuer` for `audience`.

    Source: RFC 9068 section 4; RFC 8725 sections 3.8, 3.9 and 3.11.
    Raises: TokenRefused.
    """
    claims = parsed.claims
    token = AccessToken(
        issuer=_text(claims, "iss"),
        subject=AccountId(_text(claims, "sub")),
        audience=_text(claims, "aud"),
        client_id=_text(claims, "client_id"),
        session_id=SessionId(_text(claims, "sid")),
        token_id=_text(claims, "jti"),
        scope=_text(claims, "scope"),
        issued_at=_moment(claims, "iat"),
        expires_at=_moment(claims, "exp"),
        authenticated_at=_moment(claims, "auth_time"),
    )
    if parsed.type != ACCESS_TOKEN_TYPE or token.issuer != issuer or token.audience != audience:
        raise TokenRefused
    if not is_timely(token, now) or _not_yet(claims, now):
        raise TokenRefused
    return token


def is_timely(token: AccessToken, now: datetime) -> bool:
    """Tell whether the token lives at `now`, and was never meant to live longer than an access token may."""
    life = token.expires_at - token.issued_at
    return (
        timedelta(0) < life <= MAX_ACCESS_TOKEN_LIFE
        and token.issued_at <= now + LEEWAY
        and now < token.expires_at + LEEWAY
    )


def _not_yet(claims: dict[str, JsonValue], now: datetime) -> bool:
    return "nbf" in claims and _moment(claims, "nbf") > now + LEEWAY


def _algorithm(name: str) -> Algorithm:
    try:
        return Algorithm(name)
    except ValueError:
        raise TokenRefused from None


def _text(members: dict[str, JsonValue], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise TokenRefused
    return value


def _moment(claims: dict[str, JsonValue], name: str) -> datetime:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TokenRefused
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenRefused from None


@lru_cache(_HEADERS_REMEMBERED)
def _header(algorithm: Algorithm, key_id: KeyId) -> str:
    return _encode_json({"alg": algorithm.value, "kid": key_id, "typ": ACCESS_TOKEN_TYPE})


def _encode_json(members: Mapping[str, str | int]) -> str:
    return b64url_encode(_COMPACT.encode(members).encode())


def _decode_json(part: str) -> dict[str, JsonValue]:
    raw = b64url_decode(part)
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
        is_deep = _depth(value) > MAX_DEPTH
    except (ValueError, RecursionError):
        raise TokenRefused from None
    if not isinstance(value, dict) or is_deep:
        raise TokenRefused
    return value


def _without_repeats(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenRefused
    return members


def _refuse_constant(_: str) -> JsonValue:
    raise TokenRefused


def _depth(value: JsonValue) -> int:
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
        case _:
            return 0
