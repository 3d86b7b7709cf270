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


@dataclass(frozen=True, slots=True)
class Lives:
    """How long the link and the code of one purpose live; `code` is None where there is only a link."""

    link: timedelta
    code: timedelta | None = None


PURPOSES: Final[Mapping[Purpose, Lives]] = MappingProxyType(
    {
        Purpose.VERIFY_EMAIL: Lives(timedelta(hours=24), timedelta(minutes=10)),
        Purpose.CHANGE_EMAIL: Lives(timedelta(hours=24), timedelta(minutes=10)),
        Purpose.RESET_PASSWORD: Lives(timedelta(minutes=60), timedelta(minutes=10)),
        Purpose.CHOOSE_PASSWORD: Lives(timedelta(days=7)),
        Purpose.UNLOCK_SIGN_IN: Lives(timedelta(hours=12), timedelta(minutes=10)),
        Purpose.FIRST_OPERATOR: Lives(timedelta(days=7)),
    }
)

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
