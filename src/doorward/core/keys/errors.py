"""How a token is refused."""

from doorward.core.kernel.errors import Unauthenticated


class TokenRefused(Unauthenticated):
    """The token is forged, expired, meant for somebody else, or of another kind."""

    code = "TOKEN_INVALID"
    detail = "The token is not valid. Sign in again."
