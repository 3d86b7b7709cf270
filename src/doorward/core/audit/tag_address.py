"""Turning the address of a request into the pseudonym of the day."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAddressKeys
from doorward.core.audit.records import AddressKey
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.secrets import SECRET_BYTES, random_bytes
from doorward.core.kernel.work import OpensWork


class AddressWork(HasAddressKeys, Protocol):
    """What tagging an address writes: the key of a new day."""


@dataclass(slots=True)
class TagAddress:
    """Return the pseudonym of a network address under the key of the day, which is made when the day is new.

    Source: EDPB guidelines 01/2025 on pseudonymisation: a keyed code whose key is random, kept apart and destroyed.
    """

    work: OpensWork[AddressWork]
    sealer: Sealer
    clock: Clock
    _today: tuple[str, bytes] = field(default=("", b""), init=False)

    def __call__(self, address: str | None) -> str:
        """Return the pseudonym of `address`."""
        now = self.clock.now()
        day, key = self._today
        if day != rules.day_of(now):
            day = rules.day_of(now)
            key = self._key(day, now)
            self._today = (day, key)
        return rules.pseudonymise_address(address, key)

    def _key(self, day: str, now: datetime) -> bytes:
        fresh = random_bytes(SECRET_BYTES)
        sealed = self.sealer.seal(fresh, context=rules.context_of(day))
        with self.work() as work:
            if work.address_keys.add(AddressKey(day, sealed, rules.destroy_at(now))):
                return fresh
            kept = work.address_keys.of(day)
        opened = kept and self.sealer.open(kept.sealed_key, context=rules.context_of(day))
        return opened or fresh
