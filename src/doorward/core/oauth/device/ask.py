"""A device asks to be let in.

Source: RFC 8628 sections 3.1 and 3.2.
"""

from dataclasses import dataclass
from typing import Final

from doorward.core.audit.tag_address import TagAddress
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import SessionId, new_id
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.authorize.checks import DEVICE_KNOWN, Means, check_device
from doorward.core.oauth.authorize.records import Asked, Values
from doorward.core.oauth.device.codes import DeviceCodes, UserCodes
from doorward.core.oauth.device.records import DEVICE_CODE_LIVES_FOR, Device, Shown
from doorward.core.oauth.device.rules import polling, user_code
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client
from doorward.core.onetime.ports import HasOneTimes

PATH: Final = "/oauth/device_authorization"
PAGE: Final = "/device"


@dataclass(frozen=True, slots=True)
class AskForDevice:
    """Keep what a device asks for, and give it two codes: one to ask with, one to show."""

    work: OpensWork[HasOneTimes]
    codes: DeviceCodes
    user_codes: UserCodes
    means: Means
    tag_address: TagAddress
    clock: Clock
    issuer: str

    def __call__(
        self,
        client: Client,
        presented: Values,
        *,
        program: str,
        address: str | None,
        key_thumbprint: str | None = None,
    ) -> Shown:
        """Return the codes. `key_thumbprint` is that of a proof of possession which came along.

        What is asked for is checked as at the authorization endpoint, and once more when somebody answers.
        Raises: OAuthError, Unavailable.
        """
        if presented.get("client_id", (client.id,)) != (client.id,):
            raise OAuthError(OAuthCode.INVALID_REQUEST, "The client_id is not that of the client that asks.")
        values = {name: given for name, given in presented.items() if name in DEVICE_KNOWN}
        check_device(Asked(client, values), self.means)
        now = self.clock.now()
        device = Device(
            session_id=SessionId(new_id(now)),
            client_id=client.id,
            values=values,
            program=program,
            place=self.tag_address(address),
            key_thumbprint=key_thumbprint,
        )
        artefact, device_code = self.codes.make(device, now=now)
        with self.work() as work:
            work.onetimes.add(artefact)
            code = self.user_codes.add(work, client.id, device=artefact.digest, now=now)
        return Shown(
            device_code=device_code,
            user_code=user_code.shown(code),
            verification_uri=f"{self.issuer.rstrip('/')}{PAGE}",
            expires_in=DEVICE_CODE_LIVES_FOR,
            interval=polling.INTERVAL,
        )
