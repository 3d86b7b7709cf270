"""How a request is refused that must lead nowhere: it is shown to whoever sits there, and not to the application."""

from doorward.core.kernel.errors import Malformed


class ClientUnknown(Malformed):
    """There is no such application, or it is switched off.

    Source: RFC 6749 section 4.1.2.1.
    """

    code = "CLIENT_UNKNOWN"
    detail = "The application that sent you here is not known here, or is switched off."


class RedirectRefused(Malformed):
    """The address that the answer is to go to is missing, or not one that the application registered.

    Source: RFC 9700 section 4.11.2.
    """

    code = "REDIRECT_URI_REFUSED"
    detail = "The application asks to send you to an address that it has not registered."


class RequestUnreadable(Malformed):
    """The request is spelled in a way that leaves open where an answer belongs."""

    code = "REQUEST_MALFORMED"
    detail = "The application's request cannot be read."


class RequestUnknown(Malformed):
    """The kept request is finished, too old, or belongs to another browser or application."""

    code = "REQUEST_UNKNOWN"
    detail = "This sign-in was finished already, is too old, or was begun in another browser. Start again."
