"""How people at the page for devices are refused."""

from doorward.core.kernel.errors import Malformed


class UserCodeRefused(Malformed):
    """The code that was typed is unknown, answered, expired, or in somebody else's hands."""

    code = "USER_CODE_REFUSED"
    detail = "This code does not work: it may be mistyped, too old, or used already. Look at the device once more."


class DeviceUnknown(Malformed):
    """What a device asked for was answered, is too old, or is open to another person or in another browser."""

    code = "DEVICE_UNKNOWN"
    detail = "What this device asked for was answered already, is too old, or was opened by somebody else. Start again."
