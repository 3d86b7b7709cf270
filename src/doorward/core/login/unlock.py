"""Getting in although sign-in is suspended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.accounts import names
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensWork
from doorward.core.login.know_device import know_device
from doorward.core.login.ports import HasDevices
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.sessions.tokens import DeviceTokens


class UnlockWork(HasDevices, HasOneTimes, HasAuditLog, Protocol):
    """What unlocking writes."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Take the link or the code that was mailed to the owner, and make the device that presents it a known one.

    The suspension of everybody else stays; this device has five tries of its own.
    """

    work: OpensWork[UnlockWork]
    mint: Mint
    devices: DeviceTokens
    clock: Clock

    def by_link(self, token: str, *, device_name: str) -> str:
        """Return the device token.

        Raises: LinkRefused.
        """
        opened = self.mint.open(token)
        if opened is None or opened[0] is not Purpose.UNLOCK_SIGN_IN:
            raise LinkRefused
        now = self.clock.now()
        with self.work() as work:
            artefact = work.onetimes.consume(*opened, now=now)
            if artefact is None:
                raise LinkRefused
            return self._know(work, artefact, device_name=device_name, now=now)

    def by_code(self, email: str, code: str, *, device_name: str) -> str:
        """Return the device token. Five wrong codes end the code, not the link.

        Raises: Invalid; LinkRefused.
        """
        key = names.email(email).key
        now = self.clock.now()
        digest = self.mint.digest_of_code(Purpose.UNLOCK_SIGN_IN, key, code)
        with self.work() as work:
            artefact = work.onetimes.consume_code(Purpose.UNLOCK_SIGN_IN, key, code_digest=digest, now=now)
            if artefact is not None:
                return self._know(work, artefact, device_name=device_name, now=now)
        raise LinkRefused

    def _know(self, work: UnlockWork, artefact: OneTime, *, device_name: str, now: datetime) -> str:
        account_id = AccountId(artefact.subject)
        _, device_token = know_device(work.devices, self.devices, account_id, name=device_name, now=now)
        record(work.audit, Event(AuditKind.SIGN_IN_UNLOCKED, account_id=account_id), now)
        return device_token
