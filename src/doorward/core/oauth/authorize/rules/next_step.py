"""What must happen before a client gets its answer: who must be asked what, and what it means when nobody may be.

Source: OpenID Connect Core 1.0 sections 3.1.2.1, 3.1.2.3, 3.1.2.4 and 3.1.2.6.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from doorward.core.oauth.errors import OAuthCode


class Need(Enum):
    """What is missing."""

    SIGN_IN = auto()
    SIGN_IN_AGAIN = auto()
    OTHER_WAY = auto()
    RIGHT_PERSON = auto()
    OTHER_ACCOUNT = auto()
    CHOICE = auto()
    CONSENT = auto()
    CONFIRMATION = auto()


SILENT: Final[Mapping[Need, OAuthCode]] = MappingProxyType(
    {
        Need.SIGN_IN: OAuthCode.LOGIN_REQUIRED,
        Need.SIGN_IN_AGAIN: OAuthCode.LOGIN_REQUIRED,
        Need.OTHER_WAY: OAuthCode.UNMET_AUTHENTICATION,
        Need.RIGHT_PERSON: OAuthCode.LOGIN_REQUIRED,
        Need.OTHER_ACCOUNT: OAuthCode.LOGIN_REQUIRED,
        Need.CHOICE: OAuthCode.ACCOUNT_SELECTION_REQUIRED,
        Need.CONSENT: OAuthCode.CONSENT_REQUIRED,
        Need.CONFIRMATION: OAuthCode.INTERACTION_REQUIRED,
    }
)
"""What a client that wants nobody to be asked is told instead."""

HOPELESS: Final = frozenset({Need.RIGHT_PERSON, Need.OTHER_WAY})
"""What nobody can mend: somebody signed in for the request, and is not the one who must, or not in the way they must.
"""

BY_SIGNING_IN: Final = frozenset({Need.SIGN_IN, Need.SIGN_IN_AGAIN, Need.OTHER_ACCOUNT})
"""What signing in mends; the rest is asked on the page of consent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands.

    `authenticated_at` is when whoever is signed in did that, `signed_in_at` when that began a session here; None:
    nobody is. `began_at` is when the request began to wait in this browser, `is_answered` whether the person has just
    agreed to it on the page of consent.
    `is_whom_hinted` and `is_somebody_else` compare whoever is signed in with the subject that must, and the name that
    might, be meant. `is_met` tells whether they signed in as the client wants, `must_be_met` whether it insists on it.
    `is_allowed`: they need not be asked for consent. `is_never_silent`: whoever asks cannot be told from another
    program on the same device.
    """

    now: datetime
    authenticated_at: datetime | None = None
    signed_in_at: datetime | None = None
    began_at: datetime | None = None
    is_answered: bool = False
    is_whom_hinted: bool = True
    is_somebody_else: bool = False
    is_met: bool = True
    must_be_met: bool = False
    is_allowed: bool = False
    is_never_silent: bool = False

    @property
    def has_just_signed_in(self) -> bool:
        """Tell whether somebody signed in for this very request."""
        return _is_after(self.authenticated_at, self.began_at)

    @property
    def has_new_session(self) -> bool:
        """Tell whether somebody came in for this very request, whenever they proved to a provider who they are."""
        return _is_after(self.signed_in_at, self.began_at)


def _is_after(moment: datetime | None, began_at: datetime | None) -> bool:
    return moment is not None and began_at is not None and moment > began_at


def need_of(prompts: Collection[str], max_age: timedelta | None, standing: Standing) -> Need | None:
    """Return the first thing that is missing, or None when the client may have its answer."""
    return next((need for need, is_missing in _NEEDS if is_missing(prompts, max_age, standing)), None)


def _must_sign_in_again(prompts: Collection[str], max_age: timedelta | None, standing: Standing) -> bool:
    if standing.has_just_signed_in:
        return False
    age = standing.now - (standing.authenticated_at or standing.now)
    return "login" in prompts or (max_age is not None and age > max_age) or _could_do_better(prompts, standing)


def _could_do_better(prompts: Collection[str], standing: Standing) -> bool:
    """Tell whether another way of signing in is wanted.

    A mere wish is dropped where nobody may be asked, and once there is a session that began for it: some providers let
    people through without asking anew, and nobody could ever get past them.
    Source: OpenID Connect Core 1.0 section 5.5.1.1; RFC 9470 section 5.
    """
    if standing.is_met:
        return False
    return standing.must_be_met or ("none" not in prompts and not standing.has_new_session)


def _is_wrong_way(_: Collection[str], __: timedelta | None, standing: Standing) -> bool:
    return standing.must_be_met and not standing.is_met and standing.has_just_signed_in


def _must_choose(prompts: Collection[str], _: timedelta | None, standing: Standing) -> bool:
    if standing.is_answered or standing.has_just_signed_in:
        return False
    return "select_account" in prompts or standing.is_somebody_else


def _must_consent(prompts: Collection[str], _: timedelta | None, standing: Standing) -> bool:
    return not standing.is_answered and not (standing.is_allowed and "consent" not in prompts)


def _is_wrong_person(_: Collection[str], __: timedelta | None, standing: Standing) -> bool:
    return not standing.is_whom_hinted and standing.has_just_signed_in


_NEEDS: Final[tuple[tuple[Need, Callable[[Collection[str], timedelta | None, Standing], bool]], ...]] = (
    (Need.SIGN_IN, lambda _, __, standing: standing.authenticated_at is None),
    (Need.SIGN_IN_AGAIN, _must_sign_in_again),
    (Need.OTHER_WAY, _is_wrong_way),
    (Need.RIGHT_PERSON, _is_wrong_person),
    (Need.OTHER_ACCOUNT, lambda _, __, standing: not standing.is_whom_hinted),
    (Need.CHOICE, _must_choose),
    (Need.CONSENT, _must_consent),
    (Need.CONFIRMATION, lambda _, __, standing: standing.is_never_silent and not standing.is_answered),
)
"""Everything that may be missing, in the order in which people are asked."""
