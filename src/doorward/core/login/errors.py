"""How signing in is refused: always in the same words."""

from doorward.core.kernel.errors import Invalid, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """Wrong password, unknown name, suspended, unverified, disabled: nobody is told which."""

    code = "INVALID_CREDENTIALS"
    detail = "The name or the password is not right."


class PasswordRefused(Invalid):
    """The current password that a change asks for is not right."""
