"""What is checked of an authorization request: one small row after the other, in the order of the table at the end.

The first row finds out where the answer may go. What it refuses is shown to whoever sits there; what a later row
refuses is answered to the application.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Protocol

from doorward.core.kernel.errors import Invalid
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.authorize.errors import RedirectRefused
from doorward.core.oauth.authorize.records import Address, Asked, Fault, Prompt, ResponseMode
from doorward.core.oauth.authorize.rules import claims_parameter
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.rules import details, pkce, scopes, uri
from doorward.core.oauth.rules.redirect_uri import may_redirect_to
from doorward.core.oauth.tokens import person

RESOURCE: Final = "resource"
REPEATABLE: Final = frozenset({RESOURCE})
"""The one parameter that may come more than once (RFC 8707 section 2)."""

_LONGEST: Final = 2048
LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "nonce": 1024,
        "scope": 4096,
        "claims": 4096,
        "authorization_details": 4096,
        "login_hint": 320,
        "id_token_hint": 8192,
        "acr_values": 1024,
        "ui_locales": 256,
        "claims_locales": 256,
        "prompt": 64,
    }
)
"""How many characters a parameter may have, where that is not 2048."""

KNOWN: Final = frozenset(
    {"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge"}
    | {"code_challenge_method", "resource", "prompt", "max_age", "acr_values", "claims", "login_hint", "id_token_hint"}
    | {"ui_locales", "claims_locales", "dpop_jkt", "authorization_details"}
)
"""Parameters that are understood; of others it is only minded that none comes twice (RFC 6749 section 3.1)."""

_MOST_RESOURCES: Final = 8
_VISIBLE: Final = re.compile(r"[\x20-\x7e]*")
_DIGITS: Final = re.compile(r"[0-9]{1,9}")
_ID_TOKEN: Final = "JWT"  # noqa: S105 (the name of a type)


class ReadsOwn(Protocol):
    """Reads tokens that were signed here."""

    def read_own(self, presented: str, type: str) -> Mapping[str, JsonValue]:  # noqa: A002 (the header's word)
        """Return the claims of a token of ours of one type, even of one that has expired.

        Raises: TokenRefused.
        """


@dataclass(frozen=True, slots=True)
class Means:
    """What checking needs besides the request.

    `acrs` are the ways of signing in that a client may ask for, `details_types` the types of RFC 9396 that are known
    here.
    """

    keyring: ReadsOwn
    acrs: Collection[str] = ()
    details_types: Collection[str] = ()


Check = Callable[[Asked, Means], Asked]


def check(asked: Asked, means: Means) -> Asked | Fault:
    """Return the request with everything that was found to be right, or why it is refused.

    Raises: RedirectRefused, when an answer has nowhere to go.
    """
    for row in CHECKS:
        try:
            asked = row(asked, means)
        except OAuthError as error:
            return Fault(error, asked.to)
    return asked


def check_device(asked: Asked, means: Means) -> Asked:
    """Return what a device asks for, by the same rules; no browser carries its answer anywhere.

    Source: RFC 8628 section 3.1.
    Raises: OAuthError.
    """
    for row in DEVICE_CHECKS:
        asked = row(asked, means)
    return asked


def find_address(asked: Asked, _: Means) -> Asked:
    """Take the address, and what goes with every answer; of the rest nothing matters before this.

    Source: RFC 6749 sections 3.1.2.4 and 4.1.2.1; RFC 9700 section 4.1.3.
    """
    presented = asked.values.get("redirect_uri", ())
    if len(presented) != 1 or not may_redirect_to(asked.client, presented[0]):
        raise RedirectRefused
    mode, state = asked.values.get("response_mode", ()), asked.values.get("state", ())
    is_form = mode == (ResponseMode.FORM_POST.value,) and is_posted_to(presented[0])
    return replace(
        asked,
        address=Address(
            presented[0],
            ResponseMode.FORM_POST if is_form else ResponseMode.QUERY,
            state[0] if len(state) == 1 and _is_plain("state", state[0]) else None,
        ),
    )


def _check_repeats(asked: Asked, _: Means) -> Asked:
    """RFC 6749 section 3.1: no parameter comes twice."""
    if any(len(values) > 1 for name, values in asked.values.items() if name not in REPEATABLE):
        raise _invalid("A parameter was sent more than once.")
    return asked


def _check_lengths(asked: Asked, _: Means) -> Asked:
    if len(asked.values.get(RESOURCE, ())) > _MOST_RESOURCES:
        raise _invalid("There are too many resources.")
    if not all(_is_short(name, value) for name, values in asked.values.items() for value in values):
        raise _invalid("A parameter is too long.")
    if not all(_is_plain(name, asked.one(name) or "") for name in ("state", "nonce", "login_hint")):
        raise _invalid("A parameter holds characters that it may not hold.")
    return replace(asked, nonce=asked.one("nonce"), login_hint=asked.one("login_hint") or "")


def _check_response_type(asked: Asked, _: Means) -> Asked:
    """RFC 9700 section 2.1.2: nothing but a code comes out of this endpoint."""
    presented = asked.one("response_type")
    if presented is None:
        raise _invalid("The response type is missing.")
    if presented != "code":
        raise OAuthError(OAuthCode.UNSUPPORTED_RESPONSE_TYPE, "The one response type is code.")
    return asked


def _check_response_mode(asked: Asked, _: Means) -> Asked:
    presented = asked.one("response_mode")
    if presented not in (None, ResponseMode.QUERY, ResponseMode.FORM_POST):
        raise _invalid("The response mode must be query or form_post.")
    if presented == ResponseMode.FORM_POST and asked.to.mode is not ResponseMode.FORM_POST:
        raise _invalid("No form can be posted to this redirect address.")
    return asked


def _check_grant(asked: Asked, _: Means) -> Asked:
    if GrantType.AUTHORIZATION_CODE not in asked.client.grants:
        raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "The client may not ask for codes.")
    return asked


def _check_device_grant(asked: Asked, _: Means) -> Asked:
    if GrantType.DEVICE_CODE not in asked.client.grants:
        raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "The client may not ask for device codes.")
    return asked


def _check_challenge(asked: Asked, _: Means) -> Asked:
    """RFC 7636 section 4.4.1, OAuth 2.1 section 4.1.1: every client proves that it asked, by S256."""
    challenge = asked.one("code_challenge")
    if challenge is None:
        raise _invalid("A code_challenge is required.")
    if asked.one("code_challenge_method") != pkce.METHOD:
        raise _invalid("The code_challenge_method must be S256.")
    if not pkce.is_challenge(challenge):
        raise _invalid("The code_challenge must be 43 characters of base64url.")
    return replace(asked, challenge=challenge)


def _check_scope(asked: Asked, _: Means) -> Asked:
    """RFC 6749 section 3.3: what is not registered is left out; what is asked for by no name gets the default."""
    presented = asked.one("scope")
    open_to_it = [scope for scope in asked.client.scopes if scope not in scopes.FIRST_PARTY]
    if presented is None:
        wanted = tuple(scope for scope in open_to_it if scope not in (scopes.OPENID, scopes.OFFLINE))
    else:
        wanted = tuple(scope for scope in scopes.read(presented) if scope in open_to_it)
    if GrantType.REFRESH_TOKEN not in asked.client.grants:
        wanted = tuple(scope for scope in wanted if scope != scopes.OFFLINE)
    if not wanted:
        raise OAuthError(OAuthCode.INVALID_SCOPE, "None of the scopes is registered for the client.")
    return replace(asked, scopes=wanted)


def _check_resources(asked: Asked, _: Means) -> Asked:
    """RFC 8707 section 2."""
    presented = tuple(dict.fromkeys(asked.values.get(RESOURCE, ())))
    if not all(_is_resource(each) for each in presented):
        raise OAuthError(OAuthCode.INVALID_TARGET, "A resource must be an absolute URI without a fragment.")
    if not set(presented) <= set(asked.client.resources):
        raise OAuthError(OAuthCode.INVALID_TARGET, "A resource is not registered for the client.")
    return replace(asked, resources=presented)


def _check_prompt(asked: Asked, _: Means) -> Asked:
    """OpenID Connect Core 1.0 section 3.1.2.1: `none` stands alone."""
    presented = (asked.one("prompt") or "").split()
    if not set(presented) <= set(Prompt):
        raise _invalid("The prompt holds a value that is not known here.")
    prompts = frozenset(Prompt(each) for each in presented)
    if Prompt.NONE in prompts and len(prompts) > 1:
        raise _invalid("The prompt none excludes every other.")
    return replace(asked, prompts=prompts)


def _check_max_age(asked: Asked, _: Means) -> Asked:
    presented = asked.one("max_age")
    if presented is None:
        return asked
    if not _DIGITS.fullmatch(presented):
        raise _invalid("The max_age must be a number of seconds.")
    return replace(asked, max_age=timedelta(seconds=int(presented)))


def _check_acr_values(asked: Asked, means: Means) -> Asked:
    """OpenID Connect Core 1.0 section 3.1.2.1: a wish, of which nothing is refused; what nobody offers is left out."""
    presented = (asked.one("acr_values") or "").split()
    return replace(asked, acrs=tuple(acr for acr in presented if acr in means.acrs))


def _check_claims(asked: Asked, means: Means) -> Asked:
    """OpenID Connect Core 1.0 section 5.5; without `openid` nobody asks for claims."""
    presented = asked.one("claims")
    if presented is None or scopes.OPENID not in asked.scopes:
        return asked
    wanted = claims_parameter.read(presented)
    # What cannot be told now is forgotten: nobody was asked for it, whatever is registered for the client later.
    kept = claims_parameter.only(wanted, person.claims_of(asked.client.scopes))
    acrs, is_essential = claims_parameter.acr(wanted, offered=means.acrs)
    return replace(
        asked,
        claims=claims_parameter.write(kept),
        scopes_by_claims=person.scopes_of({name for members in kept.values() for name in members}),
        hinted=claims_parameter.subject(wanted),
        acrs=acrs if is_essential else (*asked.acrs, *acrs),
        is_acr_essential=is_essential,
    )


def _check_hint(asked: Asked, means: Means) -> Asked:
    """OpenID Connect Core 1.0 section 3.1.2.1: a hint is an ID token of ours, and may be old."""
    presented = asked.one("id_token_hint")
    if presented is None:
        return asked
    try:
        claims = means.keyring.read_own(presented, _ID_TOKEN)
    except TokenRefused:
        raise _invalid("The id_token_hint is no ID token of this server.") from None
    subject = claims.get("sub")
    if claims.get("aud") != asked.client.id or not isinstance(subject, str):
        raise _invalid("The id_token_hint is no ID token of this client.")
    if asked.hinted not in (None, subject):
        raise _invalid("The id_token_hint and the claims name two people.")
    return replace(asked, hinted=subject)


def _check_key(asked: Asked, _: Means) -> Asked:
    """RFC 9449 section 10: the thumbprint of the key that the code is bound to."""
    presented = asked.one("dpop_jkt")
    if presented is not None and not pkce.is_challenge(presented):
        raise _invalid("The dpop_jkt must be a SHA-256 thumbprint in base64url.")
    return replace(asked, key_thumbprint=presented)


def _check_details(asked: Asked, means: Means) -> Asked:
    presented = asked.one("authorization_details")
    if presented is None:
        return asked
    return replace(asked, details=details.read(presented, types=means.details_types))


CHECKS: Final[tuple[Check, ...]] = (
    find_address,
    _check_repeats,
    _check_lengths,
    _check_response_type,
    _check_response_mode,
    _check_grant,
    _check_challenge,
    _check_scope,
    _check_resources,
    _check_prompt,
    _check_max_age,
    _check_acr_values,
    _check_claims,
    _check_hint,
    _check_key,
    _check_details,
)
"""Every check, in order."""

DEVICE_KNOWN: Final = frozenset({"scope", RESOURCE, "authorization_details"})
"""Parameters of a device's request that are understood."""

DEVICE_CHECKS: Final[tuple[Check, ...]] = (
    _check_repeats,
    _check_lengths,
    _check_device_grant,
    _check_scope,
    _check_resources,
    _check_details,
)
"""Every check of a device's request, in order."""


def is_posted_to(redirect_uri: str) -> bool:
    """Tell whether a page of ours can post a form to an address: its policy must be able to name it.

    Source: Content Security Policy Level 3 section 2.3.1 (a host in a source has no brackets).
    """
    return redirect_uri.startswith(("https://", "http://")) and not redirect_uri.partition("://")[2].startswith("[")


def _is_short(name: str, value: str) -> bool:
    return len(value) <= LONGEST.get(name, _LONGEST)


def _is_plain(name: str, value: str) -> bool:
    """Tell whether a value may be kept and given back: visible ASCII (RFC 6749 appendix A.5); a hint is text."""
    if name == "login_hint":
        return value.isprintable()
    return _is_short(name, value) and _VISIBLE.fullmatch(value) is not None


def _is_resource(presented: str) -> bool:
    try:
        uri.check_resource(presented, pointer="/resource")
    except Invalid:
        return False
    return True


def _invalid(description: str) -> OAuthError:
    return OAuthError(OAuthCode.INVALID_REQUEST, description)
