"""How a resource server refuses, and the challenge that it answers with.

Source: RFC 6750 section 3; RFC 9449 sections 7.1 and 9; RFC 9470 section 3; RFC 9728 section 5.1.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar, Final

from doorward.core.kernel.errors import Refusal
from doorward.core.keys.records import NAMES

BEARER: Final = "Bearer"
DPOP: Final = "DPoP"


class AccessRefused(Refusal):
    """A request may not have what it asks for.

    `error` is the code of the RFC, and None when the request proved nothing at all. `scheme` is the one that it used.
    """

    status: ClassVar[int] = 401
    error: ClassVar[str | None] = None

    def __init__(self, *, scheme: str = BEARER) -> None:
        super().__init__(self.detail)
        self.scheme = scheme

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the challenge says beside the error."""
        return MappingProxyType({})


class TokenMissing(AccessRefused):
    """The request brings no access token along."""

    code = "TOKEN_MISSING"
    detail = "Send an access token in the field Authorization."


class RequestMalformed(AccessRefused):
    """The request brings a token along in more than one place, or in none that can be read."""

    code = "REQUEST_MALFORMED"
    detail = "Send exactly one access token, in the field Authorization."
    status = 400
    error = "invalid_request"


class TokenInvalid(AccessRefused):
    """The token is forged, expired, revoked, meant for somebody else, or of another kind."""

    code = "ACCESS_TOKEN_INVALID"
    detail = "The access token is not valid here, or not valid any more."
    error = "invalid_token"


class ProofInvalid(AccessRefused):
    """The proof of possession is not one, is old or was used before."""

    code = "PROOF_INVALID"
    detail = "The proof of possession is not valid for this request."
    error = "invalid_dpop_proof"


class NonceNeeded(AccessRefused):
    """The proof of possession has to hold the nonce that comes with the answer."""

    code = "NONCE_NEEDED"
    detail = "Repeat the request with a proof that holds the nonce."
    error = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        super().__init__(scheme=DPOP)
        self.nonce = nonce


class ScopeMissing(AccessRefused):
    """The token was not granted what the request needs; `scope` is that."""

    code = "SCOPE_MISSING"
    detail = "The access token does not reach that far."
    status = 403
    error = "insufficient_scope"

    def __init__(self, scope: str, *, scheme: str = BEARER) -> None:
        super().__init__(scheme=scheme)
        self.scope = scope

    @property
    def parameters(self) -> Mapping[str, str]:
        """The scope that would do."""
        return {"scope": self.scope}


class RoleMissing(AccessRefused):
    """The subject of the token lacks a role."""

    code = "ROLE_MISSING"
    detail = "Your account may not do this."
    status = 403
    error = "insufficient_scope"


class SignInNeeded(AccessRefused):
    """The sign-in behind the token is too long ago, or was too weak.

    Source: RFC 9470 section 3.
    """

    code = "SIGN_IN_NEEDED"
    detail = "Sign in again, and repeat the request."
    error = "insufficient_user_authentication"

    def __init__(self, *, max_age: timedelta | None = None, acr: str | None = None, scheme: str = BEARER) -> None:
        super().__init__(scheme=scheme)
        self.max_age = max_age
        self.acr = acr

    @property
    def parameters(self) -> Mapping[str, str]:
        """How recent or how strong a sign-in would do."""
        age = {} if self.max_age is None else {"max_age": f"{self.max_age.total_seconds():.0f}"}
        return age if self.acr is None else age | {"acr_values": self.acr}


class VerifierUnavailable(AccessRefused):
    """The keys of the issuer cannot be fetched, or there is no room: nobody can tell whether the token is good."""

    code = "VERIFIER_UNAVAILABLE"
    detail = "Access tokens cannot be verified right now. Try again in a moment."
    status = 503

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


def headers(
    refused: AccessRefused,
    *,
    metadata_url: str | None = None,
    algorithms: Collection[str] = tuple(NAMES),
    requires_dpop: bool = False,
) -> list[tuple[str, str]]:
    """Return the fields of the answer to a refused request."""
    if isinstance(refused, VerifierUnavailable):
        return [("retry-after", f"{max(1, round(refused.retry_after.total_seconds()))}")]
    nonce = [("dpop-nonce", refused.nonce)] if isinstance(refused, NonceNeeded) else []
    schemes = _schemes(refused, requires_dpop=requires_dpop)
    return [("www-authenticate", _challenge(refused, scheme, metadata_url, algorithms)) for scheme in schemes] + nonce


def _schemes(refused: AccessRefused, *, requires_dpop: bool) -> tuple[str, ...]:
    """Return the schemes that are asked for. Whoever proved nothing yet is told of all of them."""
    if requires_dpop:
        return (DPOP,)
    return (refused.scheme,) if refused.error else (BEARER, DPOP)


def _challenge(refused: AccessRefused, scheme: str, metadata_url: str | None, algorithms: Collection[str]) -> str:
    told = {"error": refused.error, "error_description": refused.detail} if refused.error else {}
    algs = {"algs": " ".join(algorithms)} if scheme == DPOP else {}
    place = {"resource_metadata": metadata_url} if metadata_url else {}
    parameters = {**told, **refused.parameters, **algs, **place}
    listed = ", ".join(f'{name}="{value}"' for name, value in parameters.items())
    return f"{scheme} {listed}".rstrip()
