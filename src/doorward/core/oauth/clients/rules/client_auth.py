"""How a client presents itself: one way a request, read without guessing.

Source: RFC 6749 sections 2.3, 2.3.1 and 3.2.1; RFC 7521 section 4.2; RFC 7523 section 2.2.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import Parsed, parse
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.errors import ClientRefused, OAuthCode, OAuthError
from doorward.core.oauth.records import ClientAuthentication

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SCHEME: Final = "basic "
_LONGEST_HEADER: Final = 4096


@dataclass(frozen=True, slots=True)
class PresentedClient:
    """Who a request says it comes from, and what is to prove that; nothing of it is believed yet."""

    client_id: str
    method: ClientAuthentication
    secret: str = field(default="", repr=False)
    assertion: Parsed | None = field(default=None, repr=False)
    by_header: bool = False


def read(authorization: str | None, form: Mapping[str, str]) -> PresentedClient:
    """Return what a request presents: the header `Authorization` as it came, and the fields of the body, each once.

    An empty field counts as absent (RFC 6749 section 3.2).
    Raises: OAuthError, when it presents two ways at once or two ids; ClientRefused, when it presents none that is
    known, or one that cannot be read.
    """
    sent = {name: form.get(name) or "" for name in ("client_id", "client_secret", "client_assertion")}
    is_assertion = bool(sent["client_assertion"] or form.get("client_assertion_type"))
    if (authorization is not None) + bool(sent["client_secret"]) + is_assertion > 1:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The client proves itself in two ways at once.")
    presented = _presented(authorization, sent, form.get("client_assertion_type") if is_assertion else None)
    if sent["client_id"] not in {"", presented.client_id}:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The request names two clients.")
    return presented


def read_basic(authorization: str) -> tuple[str, str]:
    """Return id and secret of a header; both are form-encoded inside it (RFC 6749 section 2.3.1).

    Raises: ClientRefused.
    """
    if len(authorization) > _LONGEST_HEADER or authorization[: len(_SCHEME)].lower() != _SCHEME:
        raise ClientRefused(by_header=True)
    try:
        raw = base64.b64decode(authorization[len(_SCHEME) :].strip(" "), validate=True).decode("utf-8")
        name, colon, secret = raw.partition(":")
        pair = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise ClientRefused(by_header=True) from None
    if not colon or not pair[0]:
        raise ClientRefused(by_header=True)
    return pair


def _presented(authorization: str | None, sent: Mapping[str, str], assertion_type: str | None) -> PresentedClient:
    if authorization is not None:
        client_id, secret = read_basic(authorization)
        return PresentedClient(client_id, ClientAuthentication.SECRET_BASIC, secret, by_header=True)
    if assertion_type is not None:
        return _by_assertion(sent["client_assertion"], assertion_type)
    if not sent["client_id"]:
        raise ClientRefused
    if sent["client_secret"]:
        return PresentedClient(sent["client_id"], ClientAuthentication.SECRET_POST, sent["client_secret"])
    return PresentedClient(sent["client_id"], ClientAuthentication.NONE)


def _by_assertion(presented: str, assertion_type: str) -> PresentedClient:
    if assertion_type != ASSERTION_TYPE:
        raise ClientRefused
    try:
        parsed = parse(presented, algorithms=tuple(Algorithm))
    except TokenRefused:
        raise ClientRefused from None
    subject = parsed.claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise ClientRefused
    return PresentedClient(subject, ClientAuthentication.PRIVATE_KEY, assertion=parsed)
