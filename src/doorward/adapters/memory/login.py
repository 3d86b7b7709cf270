"""Failed sign-ins, and known devices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.login import rules
from doorward.core.login.ports import AttemptBook, Devices
from doorward.core.login.records import Attempts, Device


@dataclass(frozen=True, slots=True)
class MemoryAttempts(AttemptBook):
    """Keeps failed attempts."""

    access: Access

    def of(self, key: str) -> Attempts:
        return self.access.tables.attempts.get(key) or Attempts(key)

    def put(self, attempts: Attempts, *, expected_version: int) -> bool:
        kept = self.access.writable().attempts
        if self.of(attempts.key).version != expected_version:
            return False
        kept[attempts.key] = replace(attempts, version=expected_version + 1)
        return True

    def forget(self, key: str) -> None:
        self.access.writable().attempts.pop(key, None)

    def ahead(
        self, now: datetime, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[Attempts, ...]:
        known = (attempts for attempts in self.access.tables.attempts.values() if not attempts.key.startswith("?"))
        ahead = {(at, attempts.key): attempts for attempts in known if (at := rules.latest(attempts)) and now < at}
        places = sorted((place for place in ahead if before is None or place < before), reverse=True)
        return tuple(ahead[place] for place in places[:limit])

    def at_ceiling(self, *, after: str = "", limit: int = 50) -> tuple[Attempts, ...]:
        kept = self.access.tables.attempts.values()
        found = (each for each in kept if each.consecutive >= rules.CEILING and not each.key.startswith("?"))
        later = (attempts for attempts in found if attempts.key > after)
        return tuple(sorted(later, key=lambda attempts: attempts.key)[:limit])

    def purge(self, before: datetime) -> int:
        kept = self.access.writable().attempts
        unknown = [attempts for key, attempts in kept.items() if key.startswith("?")]
        over = [attempts.key for attempts in unknown if all(at < before for at in _moments(attempts))]
        for key in over:
            del kept[key]
        return len(over)


@dataclass(frozen=True, slots=True)
class MemoryDevices(Devices):
    """Keeps known devices."""

    access: Access

    def add(self, device: Device) -> None:
        self.access.writable().devices[device.id] = device

    def is_known(self, account_id: AccountId, device_id: DeviceId, *, now: datetime) -> bool:
        device = self.access.tables.devices.get(device_id)
        return device is not None and device.account_id == account_id and now < device.expires_at

    def forget(self, account_id: AccountId, device_id: DeviceId) -> bool:
        device = self.access.tables.devices.get(device_id)
        return self._remove([device] if device is not None and device.account_id == account_id else []) == 1

    def forget_all(self, account_id: AccountId) -> int:
        return self._remove(device for device in self.access.tables.devices.values() if device.account_id == account_id)

    def purge(self, before: datetime) -> int:
        return self._remove(device for device in self.access.tables.devices.values() if device.expires_at < before)

    def _remove(self, devices: Iterable[Device]) -> int:
        gone = [device.id for device in devices]
        for device_id in gone:
            del self.access.writable().devices[device_id]
        return len(gone)


def _moments(attempts: Attempts) -> list[datetime]:
    return [
        at
        for lane in attempts.lanes.values()
        for at in (*lane.failures, *lane.reserved.values(), lane.suspended_until)
        if at is not None
    ]
