"""Exchanging a device code for tokens, as soon as somebody has answered.

Source: RFC 8628 sections 3.4 and 3.5; RFC 9449 section 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Protocol

from doorward.core.kernel.work import OpensWork
from doorward.core.keys.errors import NoKeySigns
from doorward.core.oauth.codes import Approved
from doorward.core.oauth.device.codes import DeviceCodes, OpenedDeviceCode
from doorward.core.oauth.device.records import Answer, Device, changed, device_of
from doorward.core.oauth.device.rules import polling
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.issue import IssueTokens
from doorward.core.oauth.grants.narrow import part_of
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.grants.start_grant import Started, StartGrant, StartGrantWork, end_reused, started_by
from doorward.core.oauth.records import GrantType
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose

_TOLD: Final[Mapping[OAuthCode, str]] = MappingProxyType(
    {
        OAuthCode.AUTHORIZATION_PENDING: "Nobody has answered yet. Ask again after the interval.",
        OAuthCode.SLOW_DOWN: "That was too soon. Wait five seconds longer from now on.",
        OAuthCode.ACCESS_DENIED: "Somebody said no.",
        OAuthCode.EXPIRED_TOKEN: "The codes are too old. Ask for new ones.",
    }
)
_LOOKS: Final = 2
"""How often a question is looked at that meets others of the same moment; whoever loses twice asks far too often."""


class ExchangeDeviceWork(StartGrantWork, HasOneTimes, Protocol):
    """What a question of a device writes."""


@dataclass(frozen=True, slots=True)
class ExchangeDeviceCode:
    """Tell a device where its request stands, and give it its first tokens when somebody has allowed it.

    However many ask with one code at the same time, from however many processes, one gets tokens. Another client's code
    says nothing and changes nothing. How often a device asks is written with its code, so it is slowed down wherever it
    asks next. A second use of a code that has given tokens ends what it has started, like that of any other code.
    """

    work: OpensWork[ExchangeDeviceWork]
    codes: DeviceCodes
    start: StartGrant
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the tokens; a refresh token is among them where the client may use one.

        Raises: OAuthError, Unavailable.
        """
        opened = self.codes.open(asked.parameter("device_code"))
        if opened is None or not opened.is_of(asked.client.id):
            raise refused()
        is_ready = self.issue.keyring.is_ready()
        with self.work() as work:
            told = self._ask(work, asked, opened, is_ready=is_ready)
        if isinstance(told, Started):
            return told.first_tokens(self.issue, asked)
        raise refused() if told is OAuthCode.INVALID_GRANT else OAuthError(told, _TOLD[told])

    def _ask(
        self, work: ExchangeDeviceWork, asked: Asked, opened: OpenedDeviceCode, *, is_ready: bool
    ) -> Started | OAuthCode:
        for _ in range(_LOOKS):
            found = work.onetimes.peek(Purpose.DEVICE_CODE, opened.digest, now=asked.now)
            if found is None:
                return self._gone(work, asked, opened)
            device = device_of(found)
            if device.key_thumbprint not in (None, asked.key_thumbprint):
                return OAuthCode.INVALID_GRANT
            if device.answer is Answer.REFUSED:
                return OAuthCode.ACCESS_DENIED
            if device.approved is not None:
                return self._exchange(work, asked, opened, device.approved, place=device.place, is_ready=is_ready)
            told = self._wait(work, asked, found, device)
            if told is not None:
                return told
        return OAuthCode.SLOW_DOWN

    @staticmethod
    def _wait(work: ExchangeDeviceWork, asked: Asked, found: OneTime, device: Device) -> OAuthCode | None:
        """Write down that the device has asked; None: in this very moment somebody answered, or it asked elsewhere."""
        is_too_soon = polling.is_too_soon(device.polled_at, device.slowed, asked.now)
        polled = replace(device, polled_at=asked.now, slowed=device.slowed + is_too_soon)
        if not work.onetimes.replace(changed(found, polled), expected=found, now=asked.now):
            return None
        return OAuthCode.SLOW_DOWN if is_too_soon else OAuthCode.AUTHORIZATION_PENDING

    def _exchange(
        self,
        work: ExchangeDeviceWork,
        asked: Asked,
        opened: OpenedDeviceCode,
        approved: Approved,
        *,
        place: str,
        is_ready: bool,
    ) -> Started | OAuthCode:
        issuer = self.issue.keyring.issuer
        part = part_of(asked, resources=approved.resources, granted=approved.details, issuer=issuer)
        if not is_ready:
            raise NoKeySigns
        if work.onetimes.consume(Purpose.DEVICE_CODE, opened.digest, now=asked.now) is None:
            return self._gone(work, asked, opened)
        started = self.start(
            work,
            asked,
            approved,
            grant_type=GrantType.DEVICE_CODE,
            code_digest=opened.digest,
            part=part,
            place=place,
        )
        return started or OAuthCode.INVALID_GRANT

    @staticmethod
    def _gone(work: ExchangeDeviceWork, asked: Asked, opened: OpenedDeviceCode) -> OAuthCode:
        """Return what is said of a code of which nothing waits any more: it was used, or has had its time.

        While a device may still ask, two hold the code, and nobody can tell which of them is the device. Later only who
        has found an old code comes with it, and must not be able to sign the device out.
        """
        grant = started_by(work, opened.session_id, code_digest=opened.digest, asked=asked)
        if grant is not None:
            if not opened.is_forgotten(asked.now) and grant.key_thumbprint in (None, asked.key_thumbprint):
                end_reused(work, grant, asked)
            return OAuthCode.INVALID_GRANT
        return OAuthCode.EXPIRED_TOKEN if opened.is_expired(asked.now) else OAuthCode.INVALID_GRANT
