"""Access tokens: the claims that they carry, and what is believed of them.

Source: RFC 9068.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.ids import KeyId, SessionId
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue, Parsed
from doorward.core.keys.records import AccessToken, Algorithm

ACCESS_TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 (the name of a type)
MAX_ACCESS_TOKEN_LIFE: Final = timedelta(minutes=5)
LEEWAY: Final = timedelta(seconds=30)
_NO_TIME: Final = timedelta(0)
_TEXTS: Final = ("sub", "client_id", "jti", "scope")


def signing_input(token: AccessToken, algorithm: Algorithm, key_id: KeyId) -> bytes:
    """Return header and claims as they are signed (RFC 7515 section 5.1)."""
    claims: dict[str, JsonValue] = {
        "iss": token.issuer,
        "sub": token.subject,
        "aud": token.audience,
        "client_id": token.client_id,
        "sid": token.session_id,
        "jti": token.token_id,
        "scope": token.scope,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "auth_time": None if token.authenticated_at is None else int(token.authenticated_at.timestamp()),
        "acr": token.acr,
        "amr": list(token.amr) or None,
        "cnf": None if token.key_thumbprint is None else {"jkt": token.key_thumbprint},
        "roles": list(token.roles) or None,
        "authorization_details": None if token.details is None else json.loads(token.details),
        "act": None if token.actor is None else {"sub": token.actor},
    }
    return jose.compact(ACCESS_TOKEN_TYPE, claims, algorithm=algorithm, key_id=key_id)


def read_access_token(
    parsed: Parsed,
    *,
    issuer: str,
    audience: str,
    now: datetime,
    leeway: timedelta = LEEWAY,
    max_life: timedelta = MAX_ACCESS_TOKEN_LIFE,
) -> AccessToken:
    """Return what a token with a good signature says, if it is an access token of `issuer` for `audience`.

    Source: RFC 9068 section 4; RFC 8725 sections 3.8, 3.9 and 3.11.
    Raises: TokenRefused.
    """
    claims = parsed.claims
    if parsed.type != ACCESS_TOKEN_TYPE or claims.get("iss") != issuer or claims.get("aud") != audience:
        raise TokenRefused
    token = _read(claims, issuer, audience)
    if not is_timely(token, now, leeway=leeway, max_life=max_life):
        raise TokenRefused
    if "nbf" in claims and jose.moment(claims, "nbf") > now + leeway:
        raise TokenRefused
    return token


def is_timely(
    token: AccessToken, now: datetime, *, leeway: timedelta = LEEWAY, max_life: timedelta = MAX_ACCESS_TOKEN_LIFE
) -> bool:
    """Tell whether the token lives at `now`, and was never meant to live longer than an access token may."""
    life = token.expires_at - token.issued_at
    return _NO_TIME < life <= max_life and token.issued_at <= now + leeway and now < token.expires_at + leeway


def _read(claims: Mapping[str, JsonValue], issuer: str, audience: str) -> AccessToken:
    subject, client_id, token_id, scope = map(claims.get, _TEXTS)
    # One look for all of them: a resource server does this at every request.
    if not (isinstance(subject, str) and isinstance(client_id, str)):
        raise TokenRefused
    if not (isinstance(token_id, str) and isinstance(scope, str)):
        raise TokenRefused
    return AccessToken(
        issuer=issuer,
        subject=subject,
        audience=audience,
        client_id=client_id,
        session_id=SessionId(jose.text(claims, "sid")) if "sid" in claims else None,
        token_id=token_id,
        scope=scope,
        issued_at=jose.moment(claims, "iat"),
        expires_at=jose.moment(claims, "exp"),
        authenticated_at=jose.moment(claims, "auth_time") if "auth_time" in claims else None,
        key_thumbprint=_sole(claims, "cnf", "jkt") if "cnf" in claims else None,
        acr=jose.text(claims, "acr") if "acr" in claims else None,
        roles=_texts(claims["roles"]) if "roles" in claims else (),
        details=_details(claims["authorization_details"]) if "authorization_details" in claims else None,
        actor=_sole(claims, "act", "sub") if "act" in claims else None,
        amr=_texts(claims["amr"]) if "amr" in claims else (),
    )


def _sole(claims: Mapping[str, JsonValue], name: str, member: str) -> str:
    """Return the one member of a claim. With another beside it, the token is bound by what nobody here would check."""
    value = claims[name]
    if not isinstance(value, dict) or len(value) != 1:
        raise TokenRefused
    return jose.text(value, member)


def _texts(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TokenRefused
    texts = [text for text in value if isinstance(text, str)]
    if len(texts) != len(value):
        raise TokenRefused
    return tuple(texts)


def _details(value: JsonValue) -> str:
    if not isinstance(value, list):
        raise TokenRefused
    return json.dumps(value, separators=(",", ":"))
