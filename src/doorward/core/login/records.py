"""What is kept of failed sign-ins, and of devices that signed in before."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Final

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId, DeviceId

UNTRUSTED: Final = ""
"""The lane that all callers without a known device share."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The failures of one class of callers. `reserved` maps slots that are being checked to when they were taken."""

    failures: tuple[datetime, ...] = ()
    reserved: Mapping[str, datetime] = field(default_factory=dict)
    suspended_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Everything that is remembered of failed sign-ins to one account, or to one group of unknown names.

    One record, changed by compare-and-set on `version` (0: not stored yet). `consecutive` counts failures in all lanes
    since the last success.
    """

    key: str
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    consecutive: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """A device that completed a sign-in to an account, and so has failures of its own to spend."""

    id: DeviceId
    account_id: AccountId
    name: str
    created_at: datetime
    expires_at: datetime
