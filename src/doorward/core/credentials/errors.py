"""How a new password is refused."""

from doorward.core.kernel.errors import Invalid


class PasswordUnsuitable(Invalid):
    """The new password is too short, too long, known to attackers or easily guessed."""
