"""What must hold of every ID token, whoever asks for it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from doorward.adapters.jose.signatures import JoseSignatures
from doorward.core.kernel.secrets import digest
from doorward.core.keys import jose
from doorward.core.keys.jose import JsonValue, b64url_encode
from doorward.core.oauth.records import Client
from tests.conformance.suite.deployment import Deployment

_LEEWAY_SECONDS: Final = 5
_SUBJECT: Final = re.compile(r"[!-~]{1,255}")
_REQUIRED: Final = frozenset({"iss", "sub", "aud", "exp", "iat"})
_SIGNATURES: Final = JoseSignatures()


@dataclass
class IdToken:
    """An ID token that was checked."""

    header: Mapping[str, JsonValue]
    claims: Mapping[str, JsonValue]

    @property
    def auth_time(self) -> int:
        """When the person signed in."""
        return jose.number(self.claims, "auth_time")

    @property
    def subject(self) -> str:
        """Whom it is about."""
        return jose.text(self.claims, "sub")


def checked_id_token(deployment: Deployment, token: str, client: Client, access_token: str) -> IdToken:
    """Return an ID token after every check that a client makes (OpenID Connect Core 1.0 section 3.1.3.7)."""
    header: dict[str, JsonValue] = json.loads(jose.b64url_decode(token.partition(".")[0]))
    claims = verified(deployment, token)
    now = deployment.now().timestamp()
    assert set(claims) >= _REQUIRED
    assert header["alg"] == client.id_token_algorithm.value
    assert header.get("typ", "JWT") == "JWT"
    assert claims["iss"] == deployment.issuer
    assert claims["aud"] in (client.id, [client.id])
    assert claims.get("azp", client.id) == client.id
    assert _SUBJECT.fullmatch(jose.text(claims, "sub"))
    assert jose.number(claims, "exp") > now
    assert now - 300 < jose.number(claims, "iat") <= now + _LEEWAY_SECONDS
    assert jose.number(claims, "auth_time") <= now + _LEEWAY_SECONDS
    assert claims.get("at_hash") == b64url_encode(digest(access_token.encode())[:16])
    return IdToken(header, claims)


def verified(deployment: Deployment, token: str) -> Mapping[str, JsonValue]:
    """Return the claims of a token that one of the published keys signed."""
    parsed = jose.parse(token)
    assert parsed.key_id is not None
    key = deployment.keys()[parsed.key_id]
    assert key["alg"] == parsed.algorithm.value
    assert key["use"] == "sig"
    assert not {"d", "p", "q", "k"} & set(key)
    public = jose.public_key(key, parsed.algorithm)
    assert _SIGNATURES.verify(parsed.algorithm, public, parsed.signed, signature=parsed.signature)
    return parsed.claims
