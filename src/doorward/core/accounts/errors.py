"""How registering and changing an account are refused."""

from doorward.core.kernel.errors import Malformed


class UserExists(Malformed):
    """The username or the address belongs to an account; which of the two is never said."""

    code = "USER_EXISTS"
    detail = "An account with this username or e-mail address exists already."
