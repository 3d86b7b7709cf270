"""How one who is known is refused."""

from doorward.core.kernel.errors import Forbidden


class AccessDenied(Forbidden):
    """The account lacks what the request needs."""

    code = "FORBIDDEN"
    detail = "Your account may not do this."
