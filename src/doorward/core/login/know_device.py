"""Getting to know a device that has just proven whose it is."""

from datetime import datetime

from doorward.core.kernel.ids import AccountId, DeviceId, new_id
from doorward.core.login.ports import Devices
from doorward.core.login.records import Device
from doorward.core.sessions.tokens import DEVICE_LIVES_FOR, DeviceTokens


def know_device(
    devices: Devices, tokens: DeviceTokens, account_id: AccountId, *, name: str, now: datetime
) -> tuple[DeviceId, str]:
    """Add a device to an account, and return its id and the token that proves it from now on."""
    expires_at = now + DEVICE_LIVES_FOR
    device = Device(DeviceId(new_id(now)), account_id, name, now, expires_at)
    devices.add(device)
    return device.id, tokens.close(account_id, device.id, expires_at=expires_at)
