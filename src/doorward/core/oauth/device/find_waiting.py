"""Finding the device that a user code leads to."""

from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.authorize.checks import Means, check_device
from doorward.core.oauth.authorize.records import Asked
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.device.codes import Typed, UserCodes
from doorward.core.oauth.device.records import Device, device_of
from doorward.core.oauth.errors import OAuthError
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.sessions.records import Snapshot


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the page for devices: who is signed in, and the digest of what their browser holds."""

    session: Snapshot
    browser: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A device that waits for an answer, what it asks for by what its client may have now, and who typed its code."""

    code: str
    typed: Typed
    artefact: OneTime
    device: Device
    asked: Asked


@dataclass(frozen=True, slots=True)
class FindWaiting:
    """Return the device that waits behind a code; what it asks for is checked anew, for its client may have changed."""

    view: OpensView[HasOneTimes]
    find: FindClient
    user_codes: UserCodes
    means: Means
    clock: Clock

    def __call__(self, code: str) -> Waiting | None:
        """Return it, or None. The client is found outside of the view: one that describes itself may be fetched.

        Raises: Unavailable.
        """
        now = self.clock.now()
        with self.view() as view:
            typed = self.user_codes.find(view, code, now=now)
            artefact = None if typed is None else view.onetimes.peek(Purpose.DEVICE_CODE, typed.device, now=now)
        if typed is None or artefact is None:
            return None
        device = device_of(artefact)
        asked = self._asked(device)
        return None if asked is None else Waiting(code, typed, artefact, device, asked)

    def _asked(self, device: Device) -> Asked | None:
        client = self.find(device.client_id)
        if client is None or client.disabled_at is not None:
            return None
        try:
            return check_device(Asked(client, device.values), self.means)
        except OAuthError:
            return None
