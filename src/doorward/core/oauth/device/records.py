"""What a device asks for, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass as record

from doorward.core.kernel.ids import ClientId, SessionId
from doorward.core.oauth.codes import Approved
from doorward.core.onetime.records import PURPOSES, OneTime, Purpose

DEVICE_CODE_LIVES_FOR: Final = PURPOSES[Purpose.DEVICE_CODE].link
"""How long a device may ask, and somebody may answer."""

_FIELD: Final = "device"


class Answer(StrEnum):
    """What somebody said to what a device asks for."""

    ALLOWED = "allowed"
    REFUSED = "refused"


@record(frozen=True, slots=True)
class Device:
    """A device that asks, from its request until its tokens.

    `values` are its parameters. `session_id` is that of the session that its tokens will belong to. `program` is what
    it called itself, `place` the pseudonym of its network on the day that it asked. `key_thumbprint` is that of the key
    by which alone its code is good for tokens. `polled_at` is when it last asked for them, and `slowed` how often that
    was too soon. `approved` is what was allowed, where the answer is that.
    """

    session_id: SessionId
    client_id: ClientId
    values: Mapping[str, tuple[str, ...]]
    program: str
    place: str
    key_thumbprint: str | None = None
    polled_at: datetime | None = None
    slowed: int = 0
    answer: Answer | None = None
    approved: Approved | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device gets for its request: a code to ask with, and another to show to whoever stands before it."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    verification_uri: str
    expires_in: timedelta
    interval: timedelta

    @property
    def verification_uri_complete(self) -> str:
        """Where the code is typed already, for a picture that phones read (RFC 8628 section 3.3.1)."""
        return f"{self.verification_uri}?user_code={self.user_code}"


_DEVICES: Final = TypeAdapter(Device)


def written(device: Device) -> Mapping[str, str]:
    """Return a device as the payload of its artefact."""
    return {_FIELD: _DEVICES.dump_json(device, exclude_defaults=True).decode()}


def device_of(artefact: OneTime) -> Device:
    """Return the device that an artefact is of."""
    return _DEVICES.validate_json(artefact.payload[_FIELD])


def changed(artefact: OneTime, device: Device, *, subject: str | None = None) -> OneTime:
    """Return the artefact of a device that has changed; `subject` is whom it is about from now on."""
    return replace(artefact, subject=subject or artefact.subject, payload=written(device))
