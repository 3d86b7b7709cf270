"""How somebody is refused in front of an application that a gateway guards."""

from doorward.core.kernel.errors import Forbidden, Malformed


class HostForbidden(Forbidden):
    """Whoever asks is known, and lacks the role that the host wants."""

    code = "HOST_FORBIDDEN"
    detail = "Your account may not come in here."


class ScopeMissing(Forbidden):
    """The token lacks a scope that the host wants.

    Source: RFC 6750 section 3.1 (insufficient_scope).
    """

    code = "INSUFFICIENT_SCOPE"
    detail = "The token does not have the scope that this host needs."

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class EntryRefused(Malformed):
    """A way back to a guarded host that was not begun in this browser, is too old, or was used before."""

    code = "ENTRY_REFUSED"
    detail = (
        "You could not be taken back to where you wanted to go: it was begun in another browser, is too old, or your "
        "browser keeps no cookies for that site. Open the address again."
    )
