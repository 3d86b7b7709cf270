"""What a one-time artefact is, and the registry of what they are for."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic.dataclasses import dataclass


class Purpose(StrEnum):
    """What a one-time artefact is good for. The purpose is part of its key: none is ever taken for another."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (a purpose, not a password)
    CHOOSE_PASSWORD = "choose_password"  # noqa: S105
    UNLOCK_SIGN_IN = "unlock_sign_in"
    FIRST_OPERATOR = "first_operator"
    AUTHORIZATION_CODE = "authorization_code"
    PUSHED_REQUEST = "pushed_request"
    SIGN_IN_REQUEST = "sign_in_request"
    DEVICE_CODE = "device_code"
    USER_CODE = "user_code"
    CLIENT_ASSERTION = "client_assertion"
    DPOP_PROOF = "dpop_proof"
    SIGN_IN_WITH = "sign_in_with"
    FINISH_SIGN_IN = "finish_sign_in"


@dataclass(frozen=True, slots=True)
class Lives:
    """How long the link and the code of one purpose live; `code` is None where there is only a link.

    Of what others make and we only see once, `link` is the longest that it may be remembered for.
    """

    link: timedelta
    code: timedelta | None = None


PURPOSES: Final[Mapping[Purpose, Lives]] = MappingProxyType(
    {
        Purpose.VERIFY_EMAIL: Lives(timedelta(hours=24), timedelta(minutes=10)),
        Purpose.CHANGE_EMAIL: Lives(timedelta(hours=24), timedelta(minutes=10)),
        Purpose.RESET_PASSWORD: Lives(timedelta(minutes=60), timedelta(minutes=10)),
        Purpose.CHOOSE_PASSWORD: Lives(timedelta(days=7)),
        Purpose.UNLOCK_SIGN_IN: Lives(timedelta(hours=24), timedelta(minutes=10)),  # mailed once a day
        Purpose.FIRST_OPERATOR: Lives(timedelta(days=7)),
        Purpose.AUTHORIZATION_CODE: Lives(timedelta(seconds=60)),  # RFC 6749 section 4.1.2: ten minutes at most
        Purpose.PUSHED_REQUEST: Lives(timedelta(seconds=90)),  # RFC 9126 section 2.2
        Purpose.SIGN_IN_REQUEST: Lives(timedelta(hours=1)),
        Purpose.DEVICE_CODE: Lives(timedelta(minutes=10)),  # RFC 8628 section 3.2
        Purpose.USER_CODE: Lives(timedelta(minutes=10)),
        Purpose.CLIENT_ASSERTION: Lives(timedelta(minutes=5)),  # RFC 7523 section 3, number 7
        Purpose.DPOP_PROOF: Lives(timedelta(minutes=5)),  # RFC 9449 section 11.1
        Purpose.SIGN_IN_WITH: Lives(timedelta(minutes=10)),
        Purpose.FINISH_SIGN_IN: Lives(timedelta(minutes=10), timedelta(minutes=10)),
    }
)

SPENT: Final = frozenset({Purpose.CLIENT_ASSERTION, Purpose.DPOP_PROOF})
"""What others make as often as they like, and what is only remembered here so that it is seen once."""

CODE_DIGITS: Final = 8
CODE_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class OneTime:
    """One artefact: good for `purpose`, about `subject` (an account or a claim), once, until `expires_at`.

    `digest` finds it by its link, `address_key` and `code_digest` by the code in the same mail (both or neither).
    `payload` is what the flow that consumes it needs.
    """

    purpose: Purpose
    digest: bytes
    subject: str
    created_at: datetime
    expires_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)
    address_key: str | None = None
    code_digest: bytes | None = None
    code_expires_at: datetime | None = None
