"""The official OpenID suite: its plans, the modules of each by name, and what becomes of each here.

The names are those of the suite's release of August 2026; a module is mirrored by the test that bears its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Plan:
    """A plan: its name, the files that mirror it, and its modules in order."""

    name: str
    files: tuple[str, ...]
    modules: tuple[str, ...]


_BASIC: Final = (
    "oidcc-server",
    "oidcc-response-type-missing",
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-post-request-succeeds",
    "oidcc-server-client-secret-post",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
)
_CONFIG: Final = ("oidcc-discovery-endpoint-verification",)
_DYNAMIC: Final = (
    "oidcc-idtoken-rs256",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-rs256",
    "oidcc-ensure-redirect-uri-in-authorization-request",
    "oidcc-redirect-uri-query-OK",
    "oidcc-redirect-uri-query-mismatch",
    "oidcc-redirect-uri-query-added",
    "oidcc-redirect-uri-regfrag",
    "oidcc-discovery-endpoint-verification",
    "oidcc-server",
    "oidcc-registration-logo-uri",
    "oidcc-registration-policy-uri",
    "oidcc-registration-tos-uri",
    "oidcc-registration-jwks-uri",
    "oidcc-registration-sector-uri",
    "oidcc-registration-sector-bad",
    "oidcc-server-rotate-keys",
    "oidcc-refresh-token-rp-key-rotation",
    "oidcc-request-uri-unsigned",
    "oidcc-request-uri-signed-rs256",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
)
_LOGOUT: Final = (
    "oidcc-rp-initiated-logout-discovery-endpoint-verification",
    "oidcc-rp-initiated-logout",
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-modified-id-token-hint",
    "oidcc-rp-initiated-logout-no-id-token-hint",
    "oidcc-rp-initiated-logout-no-params",
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-no-state",
    "oidcc-rp-initiated-logout-only-state",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-bad-id-token-hint",
)
_BACKCHANNEL: Final = (
    "oidcc-backchannel-logout-discovery-endpoint-verification",
    "oidcc-backchannel-rp-initiated-logout",
)
_OF_FAPI: Final = "fapi2-security-profile-final-"
_FAPI: Final = tuple(
    f"{_OF_FAPI}{name}"
    for name in (
        "discovery-end-point-verification",
        "happy-flow",
        "user-rejects-authentication",
        "ensure-authorization-request-without-state-success",
        "ensure-authorization-request-without-nonce-success",
        "ensure-authorization-request-with-64-char-nonce-success",
        "ensure-other-scope-order-succeeds",
        "test-claims-parameter-identity-claims",
        "access-token-type-header-case-sensitivity",
        "check-dpop-proof-nbf-exp",
        "ensure-dpopproof-with-iat-10seconds-before-succeeds",
        "ensure-dpopproof-with-iat-10seconds-after-succeeds",
        "ensure-mismatched-dpop-jkt-fails",
        "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
        "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
        "ensure-dpopproof-at-par-endpoint-binding-success",
        "ensure-dpop-auth-code-binding-success",
        "ensure-different-nonce-inside-and-outside-request-object",
        "ensure-different-state-inside-and-outside-request-object",
        "ensure-authorization-request-with-long-nonce",
        "ensure-authorization-request-with-long-state",
        "state-only-outside-request-object-not-used",
        "ensure-request-object-without-redirect-uri-fails",
        "ensure-registered-redirect-uri",
        "plain-fapi-tolerate-unregistered-redirect-uri",
        "ensure-unsigned-authorization-request-without-using-par-fails",
        "ensure-redirect-uri-in-authorization-request",
        "ensure-response-type-code-idtoken-fails",
        "ensure-response-type-token-fails",
        "ensure-client-id-in-token-endpoint",
        "ensure-holder-of-key-required",
        "ensure-authorization-code-is-bound-to-client",
        "attempt-reuse-authorization-code-after-one-second",
        "ensure-token-endpoint-fails-with-expired-auth-code",
        "ensure-signed-client-assertion-with-RS256-fails",
        "ensure-client-assertion-in-token-endpoint",
        "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
        "ensure-client-assertion-with-wrong-aud-fails",
        "ensure-client-assertion-with-no-sub-fails",
        "dpop-negative-tests",
        "refresh-token",
        "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
        "par-attempt-reuse-request_uri",
        "par-attempt-to-use-expired-request_uri",
        "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
        "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
        "par-attempt-to-use-request_uri-for-different-client",
        "par-authorization-request-containing-request_uri-form-param",
        "par-attempt-invalid-http-method",
        "par-ensure-pkce-required",
        "ensure-pkce-code-verifier-required",
        "incorrect-pkce-code-verifier-rejected",
        "par-plain-pkce-rejected",
        "par-without-duplicate-parameters",
        "par-test-array-as-audience-fails",
        "par-test-par-endpoint-url-as-audience-fails",
        "par-test-token-endpoint-url-as-audience-fails",
    )
)
_SIGNED: Final = tuple(
    f"{_OF_FAPI}{name}"
    for name in (
        "ensure-request-object-with-multiple-aud-succeeds",
        "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted",
        "ensure-request-object-without-exp-fails",
        "ensure-request-object-without-nbf-fails",
        "ensure-expired-request-object-fails",
        "ensure-request-object-with-bad-aud-fails",
        "ensure-request-object-with-exp-over-60-fails",
        "ensure-request-object-with-nbf-over-60-fails",
        "ensure-signed-request-object-with-RS256-fails",
        "ensure-request-object-signature-algorithm-is-not-none",
        "ensure-request-object-with-invalid-signature-fails",
        "ensure-matching-key-in-authorization-request",
        "ensure-unsigned-request-at-par-endpoint-fails",
        "par-authorization-request-containing-request_uri",
    )
)
PLANS: Final = (
    Plan("oidcc-basic-certification-test-plan", ("test_basic.py",), _BASIC),
    Plan("oidcc-formpost-basic-certification-test-plan", ("test_basic.py",), _BASIC),
    Plan("oidcc-config-certification-test-plan", ("test_dynamic.py",), _CONFIG),
    Plan("oidcc-dynamic-certification-test-plan", ("test_dynamic.py",), _DYNAMIC),
    Plan("oidcc-rp-initiated-logout-certification-test-plan", ("test_logout.py",), _LOGOUT),
    Plan("oidcc-backchannel-rp-initiated-logout-certification-test-plan", ("test_logout.py",), _BACKCHANNEL),
    Plan(
        "fapi2-security-profile-final-test-plan",
        ("fapi/test_requests.py", "fapi/test_clients.py", "fapi/test_proofs.py"),
        _FAPI,
    ),
    Plan("fapi2-message-signing-final-test-plan", ("fapi/test_signed.py",), _SIGNED),
)
"""Every plan that is mirrored. Of the FAPI 2.0 plans the modules of single countries are left out; the second one has
all modules of the first besides those that are named."""

_UNSIGNED: Final = (
    "`none` is no algorithm here (RFC 8725 section 3.2); the suite skips what the metadata does not list."
)
_REMOTE: Final = "No address that a request brings is ever fetched; pushed requests take its place (RFC 9126)."
_SECTOR: Final = "Pairwise subjects are made for the one host of the redirect addresses; no document is fetched for it."
_NO_SUCH_CLAIM: Final = "Accounts have no such claim; the scope is left out of what is granted, and not announced."

BY_DESIGN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "oidcc-idtoken-unsigned": _UNSIGNED,
        "oidcc-userinfo-post-body": "A token is read from the header alone; the suite ends with a warning then.",
        "oidcc-scope-address": _NO_SUCH_CLAIM,
        "oidcc-scope-phone": _NO_SUCH_CLAIM,
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": _REMOTE,
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": _UNSIGNED,
        "oidcc-ensure-request-object-with-redirect-uri": _UNSIGNED,
        "fapi2-security-profile-final-ensure-unsigned-request-at-par-endpoint-fails": (
            "A client cannot be held to sign what it pushes over a connection on which it proved itself; "
            "message signing is not claimed as a whole."
        ),
        "oidcc-registration-logo-uri": "The logo is kept and never shown: a picture of others is not proof of a name.",
        "oidcc-registration-sector-uri": _SECTOR,
        "oidcc-request-uri-unsigned": _REMOTE,
        "oidcc-request-uri-signed-rs256": _REMOTE,
    }
)
"""What the suite asks for and this server refuses: why, and how the suite takes it. The test shows the refusal."""
