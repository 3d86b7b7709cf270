"""What an ID token and a logout token say.

Source: OpenID Connect Core 1.0 sections 2, 3.1.3.6 and 5.5; OpenID Connect Back-Channel Logout 1.0 section 2.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.kernel.secrets import digest
from doorward.core.keys.jose import JsonValue, b64url_encode
from doorward.core.oauth.tokens.person import around

ID_TOKEN_TYPE: Final = "JWT"  # noqa: S105 (the name of a type)
LOGOUT_TOKEN_TYPE: Final = "logout+jwt"  # noqa: S105
ID_TOKEN_LIVES_FOR: Final = timedelta(minutes=5)
LOGOUT_TOKEN_LIVES_FOR: Final = timedelta(minutes=2)
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_HALF: Final = 16


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in where, how well and when, as an ID token says it."""

    issuer: str
    subject: str
    client_id: ClientId
    session_id: SessionId
    authenticated_at: datetime
    acr: str | None = None
    amr: tuple[str, ...] = ()


def id_token(
    signed_in: SignedIn, *, access_token: str, nonce: str | None, about: Mapping[str, JsonValue], now: datetime
) -> dict[str, JsonValue]:
    """Return the claims of an ID token; what is `about` the person never takes the place of what the token is."""
    claims: dict[str, JsonValue] = {
        "iss": signed_in.issuer,
        "sub": signed_in.subject,
        "aud": signed_in.client_id,
        "azp": signed_in.client_id,
        "sid": signed_in.session_id,
        "iat": int(now.timestamp()),
        "exp": int((now + ID_TOKEN_LIVES_FOR).timestamp()),
        "auth_time": int(signed_in.authenticated_at.timestamp()),
        "nonce": nonce,
        "acr": signed_in.acr,
        "amr": list(signed_in.amr) or None,
        "at_hash": at_hash(access_token),
    }
    return around(claims, about)


def logout_token(
    *, issuer: str, subject: str, client_id: ClientId, session_id: SessionId, token_id: str, now: datetime
) -> dict[str, JsonValue]:
    """Return the claims of a token that tells a client of an end. It never holds a nonce."""
    return {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "sid": session_id,
        "jti": token_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LOGOUT_TOKEN_LIVES_FOR).timestamp()),
        "events": {_LOGOUT_EVENT: {}},
    }


def at_hash(access_token: str) -> str:
    """Return the left half of the SHA-256 of an access token; every algorithm that signs here hashes with SHA-256."""
    return b64url_encode(digest(access_token.encode())[:_HALF])
