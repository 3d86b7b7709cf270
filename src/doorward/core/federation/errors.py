"""How signing in with another provider is refused. None of it says what the provider said."""

from doorward.core.kernel.errors import Conflict, Malformed, NotFound, Unauthenticated


class NoSuchProvider(NotFound):
    """There is no provider of this name here, or not any more."""


class SignInBegunElsewhere(Malformed):
    """The answer belongs to no sign-in that this browser began with this provider a moment ago."""

    code = "SIGN_IN_BEGUN_ELSEWHERE"
    detail = "This sign-in was not begun in this browser, was finished already, or took too long. Begin again."


class ProviderDeclined(Malformed):
    """The provider says that it will not vouch; most often its page was left by Cancel."""

    code = "PROVIDER_DECLINED"
    detail = "The other service did not sign you in. You can try again, or choose another way."


class ProviderNotBelieved(Malformed):
    """What a provider answered is forged, meant for somebody else, or no proof of anything."""

    code = "PROVIDER_NOT_BELIEVED"
    detail = "The other service answered something that we cannot accept. Try again, or choose another way."


class AddressMissing(Malformed):
    """The provider tells no address, and an account needs one."""

    code = "ADDRESS_MISSING"
    detail = "The other service did not tell us your e-mail address. Allow it there, or create an account here."


class NotWelcome(Unauthenticated):
    """The account that the provider vouches for may not sign in."""

    code = "SIGN_IN_REFUSED"
    detail = "You cannot sign in this way. If you think that you should, ask whoever looks after your account."


class SomebodyElse(Unauthenticated):
    """Whom the provider vouches for is not the owner of the account that was to be confirmed."""

    code = "SOMEBODY_ELSE"
    detail = "You signed in there as somebody else than your account is connected to. Nothing was changed here."


class IdentityTaken(Conflict):
    """Whom the provider vouches for has another account here."""

    code = "IDENTITY_TAKEN"
    detail = "That sign-in is connected to another account here. Sign in to that one, and disconnect it first."


class LastWayIn(Malformed):
    """Without this identity nobody could sign in to the account."""

    code = "LAST_WAY_IN"
    detail = "This is your only way to sign in. Choose a password first, then disconnect it."
