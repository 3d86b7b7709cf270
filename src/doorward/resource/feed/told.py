"""What was told, and what is believed while nothing is heard."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import Of, Revoked
from doorward.resource.errors import VerifierUnavailable

SILENT_AFTER: Final = timedelta(seconds=15)
"""How long nothing may be heard before it counts as a gap; the server says something every five seconds."""

YOUNG: Final = timedelta(seconds=60)
_RETRY_AFTER: Final = timedelta(seconds=5)
_FORGETS_EVERY_SECONDS: Final = 60.0


class Gap(StrEnum):
    """What is believed while the feed is silent.

    `ONLY_YOUNG`, the default: tokens that were issued within the last minute, when the server looked at the session.
    `NOTHING`: no token at all. `EVERYTHING`: whatever is signed and in its time, as without a feed.
    """

    ONLY_YOUNG = "only_young"
    NOTHING = "nothing"
    EVERYTHING = "everything"


@dataclass(slots=True)
class Told:
    """The items that may still matter. Asking it costs a few looks into dictionaries."""

    clock: Clock
    gap: Gap
    silent_after: timedelta
    keeps_for: timedelta
    _names: dict[Of, dict[str, datetime]] = field(default_factory=lambda: {of: {} for of in Of})
    _heard_at: float = field(default=float("-inf"))
    _forgets_at: float = field(default=float("-inf"))
    _lock: Lock = field(default_factory=Lock)

    def take(self, items: Iterable[Revoked]) -> None:
        """Take note of what was revoked; an item that names the same again counts from the later moment."""
        with self._lock:
            for item in items:
                names = self._names[item.of]
                names[item.name] = max(item.at, names.get(item.name, item.at))
            self._forget()

    def heard(self) -> None:
        """Take note that everything up to now was told."""
        self._heard_at = self.clock.steady()

    @property
    def is_silent(self) -> bool:
        """Whether too much time has passed since everything up to then was told."""
        return self.clock.steady() - self._heard_at >= self.silent_after.total_seconds()

    def is_revoked(self, token: AccessToken) -> bool:
        """Tell whether a token is worthless by what was told, or by what could not be.

        Raises: VerifierUnavailable, while nothing is heard, under the policy that believes nothing then.
        """
        names = self._names
        if token.session_id in names[Of.SESSION]:
            return True
        issued_at = token.issued_at
        for of, name in ((Of.SUBJECT, token.subject), (Of.CLIENT, token.client_id), (Of.EVERYBODY, "")):
            at = names[of].get(name)
            if at is not None and issued_at <= at:
                return True
        return self.is_silent and self._is_doubtful(token)

    def _is_doubtful(self, token: AccessToken) -> bool:
        if self.gap is Gap.EVERYTHING:
            return False
        if self.gap is Gap.ONLY_YOUNG:
            return self.clock.now() - token.issued_at > YOUNG
        raise VerifierUnavailable(_RETRY_AFTER)

    def _forget(self) -> None:
        """Forget what no token is left of that could be good."""
        steady = self.clock.steady()
        if steady < self._forgets_at:
            return
        self._forgets_at = steady + _FORGETS_EVERY_SECONDS
        oldest = self.clock.now() - self.keeps_for
        self._names = {
            of: {name: at for name, at in names.items() if at >= oldest} for of, names in self._names.items()
        }
