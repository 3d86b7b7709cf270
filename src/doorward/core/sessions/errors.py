"""How somebody who should be remembered is refused."""

from doorward.core.kernel.errors import Unauthenticated


class NotSignedIn(Unauthenticated):
    """There is no live session behind what was presented."""

    code = "NOT_AUTHENTICATED"
    detail = "You are not signed in. Sign in, then try again."


class RefreshRefused(Unauthenticated):
    """The refresh token is unknown, used up, expired, or its session has ended."""

    code = "TOKEN_INVALID"
    detail = "The session cannot be continued. Sign in again."


class NotFresh(Unauthenticated):
    """The last sign-in is too long ago for what is asked.

    Source: RFC 9470 section 3.
    """

    code = "REAUTHENTICATION_REQUIRED"
    detail = "Sign in again to confirm that it is you: this needs a sign-in of the last five minutes."
