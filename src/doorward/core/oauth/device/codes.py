"""The two codes of a device: the long one that it asks with, and the short one that people type."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId, ClientId, SessionId, is_id, made_at
from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.device.records import DEVICE_CODE_LIVES_FOR, Device, written
from doorward.core.oauth.device.rules import user_code
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import PURPOSES, OneTime, Purpose

REUSE_COUNTS_FOR: Final = timedelta(minutes=1)
"""How long after its end a used code that comes again still ends what it has started."""

_KIND: Final = "dwv1"
_PARTS: Final = 3
_CLIENT_BYTES: Final = 16
_DEVICE: Final = "device"
_OWNER: Final = "owner"
_BROWSER: Final = "browser"


@dataclass(frozen=True, slots=True)
class OpenedDeviceCode:
    """A device code that was made here: which session it would start, whose it is, and the digest of its artefact."""

    session_id: SessionId
    client: str
    digest: bytes

    def is_of(self, client_id: ClientId) -> bool:
        """Tell whether the code was given to this client."""
        return self.client == _spelled(client_id)

    def is_expired(self, now: datetime) -> bool:
        """Tell whether the code has had its time, also when nothing is kept of it any more."""
        return now >= made_at(self.session_id) + DEVICE_CODE_LIVES_FOR

    def is_forgotten(self, now: datetime) -> bool:
        """Tell whether no honest device can still ask with the code: it is over, and so is the interval after that."""
        return self.is_expired(now - REUSE_COUNTS_FOR)


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """Makes device codes and opens them: `dwv1_<session id>_<client>_<secret>_<mac>`, with 256 random bits.

    The session that a code starts is chosen when the code is made, so that a second use finds the first. The client
    stands in the envelope, so a code of another one is refused without asking any store.
    Source: RFC 8628 sections 3.2 and 5.2.
    """

    envelopes: Envelopes

    def make(self, device: Device, *, now: datetime) -> tuple[OneTime, str]:
        """Return the artefact of a device, for the store, and the code that it asks with."""
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        artefact = OneTime(
            purpose=Purpose.DEVICE_CODE,
            digest=secrets.digest(secret),
            subject=device.client_id,
            created_at=now,
            expires_at=now + DEVICE_CODE_LIVES_FOR,
            payload=written(device),
        )
        parts = (device.session_id, _spelled(device.client_id), secrets.encode(secret))
        return artefact, self.envelopes.close(_KIND, *parts)

    def open(self, presented: str) -> OpenedDeviceCode | None:
        """Return what a presented code names, or None when it was not made here; asks no store."""
        parts = self.envelopes.open(_KIND, presented, parts=_PARTS)
        if parts is None or not is_id(parts[0]):
            return None
        secret = secrets.decode(parts[2])
        return None if secret is None else OpenedDeviceCode(SessionId(parts[0]), parts[1], secrets.digest(secret))


@dataclass(frozen=True, slots=True)
class Typed:
    """What a user code leads to: the digest of its device, and whoever typed it last, in which browser, if anybody."""

    artefact: OneTime
    device: bytes
    owner: AccountId | None
    browser: bytes

    def is_open_to(self, account_id: AccountId, browser: bytes) -> bool:
        """Tell whether somebody may take the code up: it is nobody's, or theirs, or was typed in their browser.

        Source: RFC 8628 section 5.4; a code that others have seen on the screen is no use to them once it was typed.
        """
        return self.owner in (None, account_id) or self.browser == browser


@dataclass(frozen=True, slots=True)
class UserCodes:
    """Makes user codes, and finds what they lead to.

    They are short, so what is kept of one is keyed with a secret that is not in the store: a stolen store reveals none.
    """

    key: bytes = field(repr=False)

    def add(self, work: HasOneTimes, client_id: ClientId, *, device: bytes, now: datetime) -> str:
        """Keep a fresh code for the device of a digest, and return it. No two that live are the same."""
        code = self._fresh(work, now)
        artefact = OneTime(
            purpose=Purpose.USER_CODE,
            digest=self._digest(code),
            subject=client_id,
            created_at=now,
            expires_at=now + PURPOSES[Purpose.USER_CODE].link,
            payload={_DEVICE: device.hex()},
        )
        work.onetimes.add(artefact)
        return code

    def find(self, work: HasOneTimes, code: str, *, now: datetime) -> Typed | None:
        """Return what a normalised code leads to, and leave it."""
        artefact = work.onetimes.peek(Purpose.USER_CODE, self._digest(code), now=now)
        if artefact is None:
            return None
        payload, owner = artefact.payload, artefact.payload.get(_OWNER)
        device, browser = bytes.fromhex(payload[_DEVICE]), bytes.fromhex(payload.get(_BROWSER, ""))
        return Typed(artefact, device, None if owner is None else AccountId(owner), browser)

    @staticmethod
    def take_up(work: HasOneTimes, typed: Typed, account_id: AccountId, *, browser: bytes, now: datetime) -> bool:
        """Write down who typed a code, and return True; False when somebody else was faster."""
        payload = {_DEVICE: typed.device.hex(), _OWNER: account_id, _BROWSER: browser.hex()}
        taken = replace(typed.artefact, payload=payload)
        return work.onetimes.replace(taken, expected=typed.artefact, now=now)

    def _fresh(self, work: HasOneTimes, now: datetime) -> str:
        while True:
            code = secrets.random_letters(user_code.LETTERS, user_code.ALPHABET)
            if work.onetimes.peek(Purpose.USER_CODE, self._digest(code), now=now) is None:
                return code

    def _digest(self, code: str) -> bytes:
        return secrets.mac(self.key, Purpose.USER_CODE.encode(), code.encode())


def _spelled(client_id: ClientId) -> str:
    return secrets.encode(secrets.digest(client_id.encode())[:_CLIENT_BYTES])
