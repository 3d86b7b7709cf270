"""How the wish of an application to sign somebody out is refused."""

from doorward.core.kernel.errors import Malformed


class SignOutRefused(Malformed):
    """The request names an application that is unknown, an address that it has not registered, or a forged hint.

    Source: OpenID Connect RP-Initiated Logout 1.0 section 4.
    """

    code = "SIGN_OUT_REFUSED"
    detail = "The application that sent you here asks for something that it may not. You are still signed in."
