"""Proofs that whoever presents a token holds the key that it is bound to.

Source: RFC 9449 section 4.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from doorward.core.kernel.secrets import digest, same
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import Parsed
from doorward.core.keys.ports import Verifies
from doorward.core.keys.records import Algorithm
from doorward.core.keys.tokens import LEEWAY

ALGORITHMS: Final = tuple(Algorithm)
"""What a proof may be signed with: whatever the server verifies, all of it asymmetric."""

PROOF_LIVES_FOR: Final = timedelta(seconds=60)
MAX_PROOF_ID_CHARACTERS: Final = 256
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PRINTABLE: Final = re.compile(r"[!-~]+")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof shows: the thumbprint of its key, and the digest of what may be used once until `expires_at`.

    `nonce` is what the proof says it was given, and None when it says nothing.
    """

    thumbprint: str
    digest: bytes
    expires_at: datetime
    nonce: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """The request that a proof is for: the method, the address by which it is known outside, and the token with it."""

    method: str
    uri: str
    access_token: str | None = None


def read_proof(presented: Sequence[str], use: Use, *, signatures: Verifies, now: datetime) -> Proof:
    """Return what the fields `DPoP` of a request prove, of which there must be exactly one.

    Whether its nonce is right, whether it was presented before and whether its key is the token's own is for the caller
    to tell.
    Source: RFC 9449 section 4.3.
    Raises: TokenRefused.
    """
    if len(presented) != 1:
        raise TokenRefused
    parsed = jose.parse(presented[0], algorithms=ALGORITHMS)
    if parsed.type != jose.DPOP_TYPE or parsed.jwk is None:
        raise TokenRefused
    key = jose.public_key(parsed.jwk, parsed.algorithm)
    if not signatures.verify(parsed.algorithm, key, parsed.signed, signature=parsed.signature):
        raise TokenRefused
    _check_use(parsed, use)
    thumbprint = jose.thumbprint(parsed.jwk)
    return Proof(
        thumbprint=thumbprint,
        digest=digest(f"{thumbprint} {_identifier(parsed)}".encode()),
        expires_at=_expiry(parsed, now),
        nonce=jose.text(parsed.claims, "nonce") if "nonce" in parsed.claims else None,
    )


def token_digest(access_token: str) -> str:
    """Return the claim `ath` of a proof that goes with an access token."""
    return jose.b64url_encode(digest(access_token.encode()))


def normalised(uri: str) -> str | None:
    """Return an address without query and fragment as two spellings of it are compared; None when it is none.

    Source: RFC 9449 section 4.3 item 9; RFC 3986 sections 6.2.2 and 6.2.3.
    """
    if not _PRINTABLE.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    return f"{parts.scheme}://{place}{_ESCAPE.sub(_unescaped, parts.path) or '/'}"


def _check_use(parsed: Parsed, use: Use) -> None:
    expected = normalised(use.uri)
    if expected is None or normalised(jose.text(parsed.claims, "htu")) != expected:
        raise TokenRefused
    if jose.text(parsed.claims, "htm") != use.method:
        raise TokenRefused
    if use.access_token is None:
        return
    told = jose.text(parsed.claims, "ath").encode()
    if not same(told, token_digest(use.access_token).encode()):
        raise TokenRefused


def _identifier(parsed: Parsed) -> str:
    token_id = jose.text(parsed.claims, "jti")
    if not 0 < len(token_id) <= MAX_PROOF_ID_CHARACTERS:
        raise TokenRefused
    return token_id


def _expiry(parsed: Parsed, now: datetime) -> datetime:
    """Return when the proof is too old. It need not expire by itself, but where it says when, that counts too."""
    issued_at = jose.moment(parsed.claims, "iat")
    expires_at = issued_at + PROOF_LIVES_FOR
    if issued_at > now + LEEWAY or now >= expires_at:
        raise TokenRefused
    if "exp" in parsed.claims and now >= jose.moment(parsed.claims, "exp") + LEEWAY:
        raise TokenRefused
    if "nbf" in parsed.claims and jose.moment(parsed.claims, "nbf") > now + LEEWAY:
        raise TokenRefused
    return expires_at


def _unescaped(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escape[0].upper()
