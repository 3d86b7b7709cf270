"""Destroying the keys of old address pseudonyms."""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.audit.ports import HasAddressKeys, HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork


class ForgetWork(HasAddressKeys, HasAuditLog, Protocol):
    """What forgetting writes."""


@dataclass(frozen=True, slots=True)
class ForgetAddresses:
    """Destroy the keys that are older than addresses are kept; their pseudonyms then lead nowhere, in backups too."""

    work: OpensWork[ForgetWork]
    clock: Clock

    def __call__(self) -> int:
        """Return how many days' keys were destroyed."""
        now = self.clock.now()
        with self.work() as work:
            destroyed = work.address_keys.destroy(now)
            if destroyed:
                event = Event(AuditKind.ADDRESSES_FORGOTTEN, detail={"days": str(destroyed)})
                record(work.audit, event, now)
        return destroyed
