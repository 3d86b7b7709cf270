"""How a token is refused, and how it is not given."""

from datetime import timedelta
from typing import Final

from doorward.core.kernel.errors import Unauthenticated, Unavailable

_NEXT_KEY_WITHIN: Final = timedelta(seconds=5)


class TokenRefused(Unauthenticated):
    """The token is forged, expired, meant for somebody else, or of another kind."""

    code = "TOKEN_INVALID"
    detail = "The token is not valid. Sign in again."


class NoKeySigns(Unavailable):
    """No key signs at this moment, so no token can be given. The next key is being made."""

    def __init__(self) -> None:
        super().__init__(_NEXT_KEY_WITHIN)
