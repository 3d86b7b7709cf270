"""Reading what an OpenID provider says of a person, by the strictest reading of the specification.

Source: OpenID Connect Core 1.0 section 3.1.3.7; RFC 8725 sections 3.1, 3.8, 3.9 and 3.11.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from doorward.core.federation.presets import TENANT
from doorward.core.federation.records import Person, Provider
from doorward.core.kernel.json_value import JsonValue
from doorward.core.kernel.outgoing import Documents
from doorward.core.kernel.secrets import same
from doorward.core.keys import jose
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import Parsed
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm

ALGORITHMS: Final = (Algorithm.ES256, Algorithm.RS256, Algorithm.PS256, Algorithm.EDDSA)
MAX_LIFE: Final = timedelta(hours=25)
"""How long an ID token may be meant to live; the longest known in the field is a day."""

MAX_AGE: Final = timedelta(minutes=10)
"""How old it may be when it comes: it was made for the code that we have just exchanged."""

LEEWAY: Final = timedelta(seconds=60)
_TYPES: Final = frozenset({"", "jwt"})
_LONGEST_SUBJECT: Final = 255
_TENANT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_KEYS: Final = 100


def verified(
    presented: str, *, provider: Provider, jwks_uri: str, documents: Documents, signatures: Signatures
) -> Parsed:
    """Return a token whose signature one of the provider's own keys made. What it says is not judged yet.

    Raises: TokenRefused; NotFetched.
    """
    parsed = jose.parse(presented, algorithms=ALGORITHMS)
    issuer = issuer_of(provider, parsed.claims)
    for members in (documents.get, documents.renew):
        keys = _keys(members(jwks_uri), parsed, issuer=issuer)
        if keys:
            break
    # More than one key without a name would make us try keys until one fits.
    if len(keys) != 1:
        raise TokenRefused
    if not signatures.verify(parsed.algorithm, keys[0], parsed.signed, signature=parsed.signature):
        raise TokenRefused
    return parsed


def person_of(parsed: Parsed, *, provider: Provider, nonce: str, now: datetime) -> Person:
    """Return whom a token with a good signature is about, if it was made for us, for this sign-in, and just now.

    Raises: TokenRefused.
    """
    claims = parsed.claims
    issuer = issuer_of(provider, claims)
    if parsed.type not in _TYPES or jose.text(claims, "iss") != issuer:
        raise TokenRefused
    _check_audience(claims, provider.client_id)
    _check_time(claims, now)
    if not same(jose.text(claims, "nonce").encode(), nonce.encode()):
        raise TokenRefused
    return Person(
        issuer=issuer,
        subject=subject_of(claims),
        email=_optional_text(claims, "email"),
        is_email_verified=claims.get("email_verified") is True,  # the text "false" is true of itself
        names=tuple(_names(claims)),
        authenticated_at=jose.moment(claims, "auth_time") if "auth_time" in claims else None,
        acr=_optional_text(claims, "acr"),
        amr=tuple(_methods(claims)),
    )


def issuer_of(provider: Provider, claims: Mapping[str, JsonValue]) -> str:
    """Return what a token of this provider must name as its issuer.

    Raises: TokenRefused, when it names no organisation where the issuer holds one.
    """
    if TENANT not in provider.issuer:
        return provider.issuer
    tenant = jose.text(claims, "tid")
    if not _TENANT_ID.fullmatch(tenant):
        raise TokenRefused
    return provider.issuer.replace(TENANT, tenant)


def subject_of(claims: Mapping[str, JsonValue]) -> str:
    """Return the subject.

    Raises: TokenRefused, when it is none (OpenID Connect Core 1.0 section 2).
    """
    subject = jose.text(claims, "sub")
    if not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isascii() or not subject.isprintable():
        raise TokenRefused
    return subject


def with_userinfo(person: Person, claims: Mapping[str, JsonValue]) -> Person:
    """Return a person whose ID token tells no address with what the userinfo endpoint adds.

    Source: OpenID Connect Core 1.0 section 5.3.2 (the subjects must be the same).
    Raises: TokenRefused.
    """
    if subject_of(claims) != person.subject:
        raise TokenRefused
    return replace(
        person,
        email=_optional_text(claims, "email"),
        is_email_verified=claims.get("email_verified") is True,
        names=person.names or tuple(_names(claims)),
    )


def _check_audience(claims: Mapping[str, JsonValue], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise TokenRefused
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenRefused


def _check_time(claims: Mapping[str, JsonValue], now: datetime) -> None:
    issued_at, expires_at = jose.moment(claims, "iat"), jose.moment(claims, "exp")
    is_fresh = now - MAX_AGE - LEEWAY <= issued_at <= now + LEEWAY
    is_short = timedelta(0) < expires_at - issued_at <= MAX_LIFE
    is_too_early = "nbf" in claims and jose.moment(claims, "nbf") > now + LEEWAY
    if not is_fresh or not is_short or is_too_early or expires_at + LEEWAY <= now:
        raise TokenRefused


def _keys(document: Mapping[str, JsonValue], parsed: Parsed, *, issuer: str) -> list[str]:
    """Return the keys of a set that the token may have been signed with: by its name, or the only one without."""
    found = document.get("keys")
    offered = [key for key in found[:_MOST_KEYS] if isinstance(key, dict)] if isinstance(found, list) else []
    fitting = []
    for key in offered:
        if key.get("issuer", issuer) not in {issuer, _template(issuer)}:
            continue
        if parsed.key_id is not None and key.get("kid") != parsed.key_id:
            continue
        try:
            fitting.append(jose.public_key(key, parsed.algorithm))
        except TokenRefused:
            continue
    return fitting


def _template(issuer: str) -> str:
    return _TENANT_ID.sub(TENANT, issuer)


def _names(claims: Mapping[str, JsonValue]) -> Iterator[str]:
    for name in ("preferred_username", "nickname", "given_name", "name"):
        text = _optional_text(claims, name)
        if text:
            yield text.partition("@")[0]


def _methods(claims: Mapping[str, JsonValue]) -> Iterator[str]:
    told = claims.get("amr")
    yield from (word for word in told if isinstance(word, str)) if isinstance(told, list) else ()


def _optional_text(claims: Mapping[str, JsonValue], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value and "\0" not in value else None
