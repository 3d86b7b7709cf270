"""How an application is refused, in the words of the specifications."""

from enum import StrEnum
from typing import Final

from doorward.core.kernel.errors import Malformed


class OAuthCode(StrEnum):
    """What an error is called, and the specification that names it."""

    INVALID_REQUEST = "invalid_request"  # RFC 6749 sections 4.1.2.1 and 5.2
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    ACCESS_DENIED = "access_denied"
    SERVER_ERROR = "server_error"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 (RFC 6750 section 3.1)
    INSUFFICIENT_SCOPE = "insufficient_scope"
    UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type"  # noqa: S105 (RFC 7009 section 2.2.1)
    INVALID_TARGET = "invalid_target"  # RFC 8707 section 2
    INVALID_DPOP_PROOF = "invalid_dpop_proof"  # RFC 9449 section 5
    USE_DPOP_NONCE = "use_dpop_nonce"  # RFC 9449 section 8
    INTERACTION_REQUIRED = "interaction_required"  # OpenID Connect Core 1.0 section 3.1.2.6
    LOGIN_REQUIRED = "login_required"
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required"
    CONSENT_REQUIRED = "consent_required"
    INVALID_REQUEST_URI = "invalid_request_uri"
    INVALID_REQUEST_OBJECT = "invalid_request_object"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"
    UNMET_AUTHENTICATION = "unmet_authentication_requirements"
    INVALID_REDIRECT_URI = "invalid_redirect_uri"  # RFC 7591 section 3.2.2
    INVALID_CLIENT_METADATA = "invalid_client_metadata"
    INVALID_DETAILS = "invalid_authorization_details"  # RFC 9396 section 5
    AUTHORIZATION_PENDING = "authorization_pending"  # RFC 8628 section 3.5
    SLOW_DOWN = "slow_down"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105


class OAuthError(Malformed):
    """An application's request is refused. `description` is for whoever wrote the application, and holds no secret.

    Nothing of the request stands in it, so that it never carries what RFC 6749 section 5.2 keeps out of an error.
    """

    code = "OAUTH_ERROR"
    detail = "The application's request cannot be carried out."

    def __init__(self, error: OAuthCode, description: str) -> None:
        super().__init__(description)
        self.error: Final = error
        self.description: Final = description


class ClientRefused(OAuthError):
    """Nobody proved to be the client. `by_header`: it was tried by Authorization, so the answer names that scheme.

    Source: RFC 6749 section 5.2. Why it was refused is not told: a name that is not known reads like a wrong secret.
    """

    def __init__(self, *, by_header: bool = False) -> None:
        super().__init__(
            OAuthCode.INVALID_CLIENT, "The client did not prove who it is, in the way it is registered for."
        )
        self.by_header: Final = by_header


class UseNonce(OAuthError):
    """A proof of possession must carry the nonce that comes with this answer (RFC 9449 section 8)."""

    def __init__(self) -> None:
        super().__init__(OAuthCode.USE_DPOP_NONCE, "The proof must carry the nonce of this answer.")
