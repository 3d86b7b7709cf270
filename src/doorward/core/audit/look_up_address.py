"""Finding the pseudonym of an address whose owner is known, while the key of the day lives."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAddressKeys, HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Invalid, NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.work import OpensWork


class LookUpWork(HasAddressKeys, HasAuditLog, Protocol):
    """What is read to look up an address, and the line that it leaves."""


@dataclass(frozen=True, slots=True)
class LookUpAddress:
    """Tell under which pseudonym a network address was seen on a day. It stands in the audit log, whatever comes of it.

    Who asks has the address already. What they learn is which entries are of it, so that is not for free.
    """

    work: OpensWork[LookUpWork]
    sealer: Sealer
    clock: Clock

    def __call__(self, address: str, day: date, *, actor_id: AccountId | None = None) -> str:
        """Return the pseudonym.

        Raises: Invalid, when this is no address; NotFound, when the key of the day is gone or never was.
        """
        if rules.network_of(address) is None:
            raise Invalid("/address", "This is no network address.")
        name = day.isoformat()
        with self.work() as work:
            kept = work.address_keys.of(name)
            event = Event(AuditKind.ADDRESS_LOOKED_UP, actor_id=actor_id, detail={"day": name})
            record(work.audit, event, self.clock.now())
        key = kept and self.sealer.open(kept.sealed_key, context=rules.context_of(name))
        if not key:
            raise NotFound
        return rules.pseudonymise_address(address, key)
